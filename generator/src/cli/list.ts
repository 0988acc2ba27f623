/** `discogen list`. */
import { bundledApis } from "../discovery/bundle.js";
import type { DirectoryEntry } from "../discovery/directory.js";
import { createSources } from "../discovery/sources.js";
import { type Diagnostic, diagnostic, InputError, printable } from "../diagnostics.js";
import { choice, type Command, type ExitCode, parse, usage } from "./command.js";
import { printDiagnostics, printJson } from "./print.js";
import { openProject, type Project } from "./project.js";
import { SOURCE_HELP, SOURCE_OPTIONS } from "./sources.js";
import type { Terminal } from "./terminal.js";

export const listCommand: Command = {
  summary: "lists the APIs that can be named without a document",
  help: `
Usage: discogen list [filter] [options]

Lists the APIs whose id or title contains the filter: those that are pinned in discogen.lock.json, those that come with
Discogen, and those of Google's live directory. Without a network it lists what is here, and says so.

  --config FILE       the config (default: discogen.config.ts, .mts, .js, .mjs or .json in this folder);
                      never executed: of one that is code only the folder counts, where the lock is
${SOURCE_HELP}  --reporter WORD     text (default), or json: one object on standard output

Examples:
  discogen list sql
  discogen list --offline
`,
  run,
};

/** Where the document of an API would be taken from. */
interface Listed {
  readonly id: string;
  readonly source: "bundled" | "directory" | "locked";
  readonly title?: string;
  /** Of what is locked. */
  readonly revision?: string;
  /** The version that its makers advise. */
  readonly preferred?: boolean;
}

async function run(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const start = performance.now();
  const parsed = parse("list", args, { ...SOURCE_OPTIONS, config: { type: "string" }, reporter: { type: "string" } });
  const reporter = choice("list", parsed, "reporter", ["text", "json"]);
  const [filter = "", ...more] = parsed.positionals;
  if (more.length > 0) throw usage("list", "it takes one filter");
  const project = await openProject("list", parsed, terminal);
  const { listed, diagnostics } = await everything(project);
  const apis = listed.filter(({ id, title = "" }) => `${id} ${title}`.toLowerCase().includes(filter.toLowerCase()));
  printDiagnostics(terminal, diagnostics);
  if (reporter === "json")
    printJson(terminal, { ok: true, apis, diagnostics, ms: Math.round(performance.now() - start) });
  else terminal.stdout.write(apis.map((api) => `${textOf(api)}\n`).join(""));
  return 0;
}

/** Each id once, as the next run would take it: what is locked goes before what is bundled, and that before the rest. */
async function everything({
  lock,
  sources,
  terminal,
}: Project): Promise<{ readonly listed: readonly Listed[]; readonly diagnostics: readonly Diagnostic[] }> {
  const [bundled, directory] = await Promise.all([
    bundledApis(),
    directoryOf(createSources(sources).directory(terminal.signal)),
  ]);
  const found = new Map<string, Listed>();
  for (const { id, title, preferred } of directory.entries)
    found.set(id, { id, source: "directory", title, preferred });
  for (const id of bundled) found.set(id, { ...found.get(id), id, source: "bundled" });
  for (const [id, { revision }] of lock.apis) found.set(id, { ...found.get(id), id, source: "locked", revision });
  const listed = [...found.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  return { listed, diagnostics: directory.diagnostics };
}

/** A directory that cannot be had is told, and no fault. */
async function directoryOf(entries: Promise<readonly DirectoryEntry[]>) {
  try {
    return { entries: await entries, diagnostics: [] };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    // Who wants no network need not hear that there was none.
    const told = error.diagnostics.filter(({ code }) => code !== "OFFLINE");
    const diagnostics = told.map(({ file, message }) => diagnostic("DIRECTORY_UNREACHABLE", file, message));
    return { entries: [], diagnostics };
  }
}

function textOf({ id, source, title = "", revision }: Listed): string {
  return [id, revision === undefined ? source : `${source} ${revision}`, printable(title)].filter(Boolean).join("  ");
}
