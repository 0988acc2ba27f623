/** `discogen generate` and `discogen check`. */
import { quotedName } from "@discogen/runtime/names";
import type { CodeRequest } from "../config/define.js";
import { lockPath } from "../discovery/lock.js";
import { nameOf } from "../discovery/request.js";
import { type Diagnostic, diagnostic } from "../diagnostics.js";
import type { ModelOptions } from "../model/build.js";
import { type GenerateReport, reportText } from "../report.js";
import {
  choice,
  type Command,
  type ExitCode,
  FORCE_HELP,
  FORCE_OPTION,
  optionalChoice,
  type Options,
  parse,
  type Parsed,
  usage,
} from "./command.js";
import { hasError, printDiagnostics, printJson } from "./print.js";
import { progress } from "./progress.js";
import { namedApis, openProject, type Project } from "./project.js";
import { selection, SELECTION_HELP, SELECTION_OPTIONS } from "./selection.js";
import { SOURCE_HELP, SOURCE_OPTIONS } from "./sources.js";
import type { Terminal } from "./terminal.js";

const OPTIONS: Options = {
  out: { type: "string" },
  ...SELECTION_OPTIONS,
  enums: { type: "string" },
  jobs: { type: "string" },
  config: { type: "string" },
  ...SOURCE_OPTIONS,
  reporter: { type: "string" },
};

const HELP = `
  [api…]              name:version, a path to a .json document, or its URL
                      (default: all APIs of the config)
  --out DIR           folder for <name>/<version>/index.ts and schemas.ts
                      (default: generated)
${SELECTION_HELP}  --enums MODE        closed: only the values of the document (default)
                      open: any other string, too
  --jobs N            threads that write code (default: one per core, up to 4)
  --config FILE       the config (default: discogen.config.ts, .mts, .js, .mjs
                      or .json in this folder); executed unless it is JSON, so
                      run this only in folders that you trust
${SOURCE_HELP}  --reporter FORMAT   text (default), or json: one object on standard output
`;

export const generateCommand: Command = {
  summary: "Generate TypeScript clients",
  help: `
Usage: discogen generate [api…] [options]

Generate a typed client for each API. Without an API: generate all APIs of the
config, store their documents next to it, pin them in discogen.lock.json, and
delete files that were generated for APIs that are no longer in the config.
Options take precedence over the config. Only changed files are written.
${HELP}${FORCE_HELP}  --check             write nothing; exit 1 if the output is not up to date
  --watch             generate again when the config or a document changes

Example:
  discogen generate sqladmin:v1beta3 --out generated
`,
  run: async (args, terminal) => {
    const parsed = parse("generate", args, {
      ...OPTIONS,
      ...FORCE_OPTION,
      check: { type: "boolean" },
      watch: { type: "boolean" },
    });
    if (!parsed.flag("watch")) return runOnce("generate", parsed, parsed.flag("check"), terminal);
    if (parsed.flag("check")) throw usage("generate", "--check and --watch cannot be combined");
    const { watch } = await import("./watch.js");
    return watch(parsed, () => runOnce("generate", parsed, false, terminal), terminal);
  },
};

export const checkCommand: Command = {
  summary: "Check that generated clients are up to date",
  help: `
Usage: discogen check [api…] [options]

Check that generated clients are up to date, as discogen generate --check does.
Writes nothing; exits with 1 if the output is not up to date.
${HELP}
Example:
  discogen check sqladmin:v1beta3 --out generated
`,
  run: (args, terminal) => runOnce("check", parse("check", args, OPTIONS), true, terminal),
};

async function runOnce(command: string, parsed: Parsed, check: boolean, terminal: Terminal): Promise<ExitCode> {
  const reporter = choice(command, parsed, "reporter", ["text", "json"]);
  const options = modelOptions(command, parsed);
  const jobs = jobsOf(command, parsed.text("jobs"));
  const project = await openProject(command, parsed, terminal);
  const named = namedApis(project, parsed.positionals).map((api) => ({ ...api, ...options }));
  if (named.length === 0)
    throw usage(
      command,
      project.config === undefined ? "no API given, and there is no config" : "no API given, and the config has none",
    );

  const force = parsed.flag("force");
  const { apis, sources, diagnostics } = await withPins(project, named, { check, force }, terminal.signal);
  const { generate } = await import("../generate.js");
  const bar = progress(terminal);
  const generated = await generate({
    ...sources,
    apis,
    out: parsed.text("out") ?? project.config?.out ?? "generated",
    ...jobs,
    check,
    force,
    prune: parsed.positionals.length === 0 && !hasError(diagnostics),
    signal: terminal.signal,
    onProgress: bar.update,
  }).finally(bar.clear);

  const all = [...diagnostics, ...generated.diagnostics];
  const report: GenerateReport = { ...generated, ok: !hasError(all), diagnostics: all };
  printDiagnostics(terminal, all);
  if (reporter === "json") printJson(terminal, report);
  else terminal.stdout.write(`${reportText(report)}\n`);
  return exitCode(report);
}

/** Pins the documents of the config that are not pinned yet. Reports those that it cannot fetch, and leaves them out. */
async function withPins(
  project: Project,
  named: readonly CodeRequest[],
  { check, force }: { readonly check: boolean; readonly force: boolean },
  signal: AbortSignal,
) {
  const { config, lock, sources } = project;
  const ofConfig = new Set(config?.apis.map(nameOf));
  const { fetchPins, unpinned, writePins } = await import("../pin.js");
  const missing = unpinned(
    named.filter((api) => ofConfig.has(nameOf(api))),
    lock,
  );
  const none: readonly Diagnostic[] = [];
  if (missing.length === 0) return { apis: named, sources, diagnostics: none };
  if (check) {
    const help = "Run `discogen generate`, and commit the lock and discovery/.";
    const diagnostics = missing.map((api) =>
      diagnostic("OUTPUT_STALE", lockPath(lock.folder), `${nameOf(api)} is not pinned`, { help }),
    );
    return { apis: named.filter((api) => !missing.includes(api)), sources, diagnostics };
  }
  const pins = await fetchPins(missing, sources, signal);
  const pinned = pins.fetched.length === 0 ? lock : await writePins(lock, pins.fetched, { force });
  const apis = named.filter((api) => !pins.failed.includes(api));
  return { apis, sources: { ...sources, lock: pinned }, diagnostics: pins.diagnostics };
}

function modelOptions(command: string, parsed: Parsed): ModelOptions {
  const enums = optionalChoice(command, parsed, "enums", ["closed", "open"]);
  return { ...selection(parsed), ...(enums !== undefined && { enums }) };
}

function jobsOf(command: string, text: string | undefined): { readonly jobs?: number } {
  if (text === undefined) return {};
  if (!/^[1-9]\d{0,2}$/.test(text)) throw usage(command, `--jobs must be a number from 1, not ${quotedName(text)}`);
  return { jobs: Number(text) };
}

function exitCode({ diagnostics }: GenerateReport): ExitCode {
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  if (errors.length === 0) return 0;
  return errors.every(({ code }) => code === "OUTPUT_STALE") ? 1 : 2;
}
