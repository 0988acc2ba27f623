/** `discogen list`. */
import { bundledApis } from "../discovery/bundle.js";
import type { DirectoryEntry } from "../discovery/directory.js";
import { createSources, unreachable } from "../discovery/sources.js";
import { type Diagnostic, InputError, printable } from "../diagnostics.js";
import { choice, type Command, type ExitCode, parse, usage } from "./command.js";
import { printDiagnostics, printJson } from "./print.js";
import { openProject, type Project } from "./project.js";
import { SOURCE_HELP, SOURCE_OPTIONS } from "./sources.js";
import type { Terminal } from "./terminal.js";

export const listCommand: Command = {
  summary: "List the APIs that you can pass as name:version",
  help: `
Usage: discogen list [filter] [options]

List the APIs whose id or title contains the filter: those pinned in
discogen.lock.json, those bundled with Discogen, and those of Google's live
directory. Without a network, it lists the others and prints a warning.

  --config FILE       the config (default: discogen.config.ts, .mts, .js, .mjs
                      or .json in this folder); never executed: only its folder
                      counts, as the lock is there
${SOURCE_HELP}  --reporter FORMAT   text (default), or json: one object on standard output

Example:
  discogen list sql --offline
`,
  run,
};

/** An API, and where its document comes from. */
interface Listed {
  readonly id: string;
  readonly source: "bundled" | "directory" | "locked";
  readonly title?: string;
  /** Revision of a locked document. */
  readonly revision?: string;
  /** Whether Google recommends this version. */
  readonly preferred?: boolean;
}

async function run(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const start = performance.now();
  const parsed = parse("list", args, { ...SOURCE_OPTIONS, config: { type: "string" }, reporter: { type: "string" } });
  const reporter = choice("list", parsed, "reporter", ["text", "json"]);
  const [filter = "", ...more] = parsed.positionals;
  if (more.length > 0) throw usage("list", `takes one filter, not ${parsed.positionals.length}`);
  const project = await openProject("list", parsed, terminal);
  const { listed, diagnostics } = await allApis(project);
  const apis = listed.filter(({ id, title = "" }) => `${id} ${title}`.toLowerCase().includes(filter.toLowerCase()));
  printDiagnostics(terminal, diagnostics);
  if (reporter === "json")
    printJson(terminal, { ok: true, apis, diagnostics, ms: Math.round(performance.now() - start) });
  else terminal.stdout.write(apis.map((api) => `${textOf(api)}\n`).join(""));
  return 0;
}

/** Lists each id once: locked documents take precedence over bundled ones, and those over the directory. */
async function allApis({
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

/** Reads the directory. A directory that cannot be reached is a warning, not an error. */
async function directoryOf(entries: Promise<readonly DirectoryEntry[]>) {
  try {
    return { entries: await entries, diagnostics: [] };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { entries: [], diagnostics: unreachable(error) };
  }
}

function textOf({ id, source, title = "", revision }: Listed): string {
  return [id, revision === undefined ? source : `${source} ${revision}`, printable(title)].filter(Boolean).join("  ");
}
