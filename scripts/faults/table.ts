/** The table as Markdown. */
import { type Section, sections } from "./cases/index.js";
import type { Fault } from "./fault.js";
import { type Observed, observe } from "./observe.js";

const INTRODUCTION = `# What you see when things go wrong

Printed by \`npm run faults\`: each row is a call over real sockets to a server that misbehaves as told. Limits and retries
are the defaults unless the row names an option, with two exceptions that save time: pauses are cut to a millisecond
where the server asks for none, and undici gives a connection that is not made up after one second instead of ten.
\`npm test\` holds every row.

- **What you see**: the value of the call, or the error's class, code, status or system code, and the
  beginning of its message.
- **Requests**: how many the server read.
- **Connections**: how many were begun. undici begins one in place of each whose request was given up, and drops it.
- **Left open**: connections that wait for the next call, or are still being made. In every row nothing at all is left
  once the dispatcher is closed: no socket, timer, listener or request, and no request ever went to another host.
`;

const HEAD = `| Fault | Call | What you see | Requests | Connections | Left open |
| --- | --- | --- | --- | --- | --- |
`;

/** The whole page, from rows that were observed. */
export function pageOf(rows: ReadonlyMap<Fault, string>): string {
  const parts = sections.map(({ title, faults }: Section) => {
    const lines = faults.map((fault) => `${rows.get(fault) ?? ""}\n`);
    return `\n## ${title}\n\n${HEAD}${lines.join("")}`;
  });
  return INTRODUCTION + parts.join("");
}

/** Carries out a fault and gives its row. */
export async function rowOf(fault: Fault): Promise<string> {
  const seen = await observe(fault);
  const cells = [fault.name, fault.call.name, whatIsSeen(seen), requests(seen), seen.connections, leftOpen(seen)];
  return `| ${cells.map((cell) => String(cell).replaceAll("|", "\\|")).join(" | ")} |`;
}

/** The cell that tells the value or the error. */
export function whatIsSeen({ sees }: Observed): string {
  const shown = sees.length > 160 ? `${sees.slice(0, 160)}…` : sees;
  return `\`${shown.replaceAll("`", "'")}\``;
}

/** The cell that tells how often the servers were asked. */
export function requests({ requests, tokens }: Observed): string {
  return tokens === 0 ? String(requests) : `${String(requests)}, ${String(tokens)} for tokens`;
}

function leftOpen({ open, leaks }: Observed): string {
  if (leaks.length > 0) return `**${leaks.join(", ")}**`;
  return open === 0 ? "nothing" : `${String(open)} ${open === 1 ? "connection" : "connections"}`;
}
