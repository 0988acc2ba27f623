/** `discogen generate` and `discogen check`. */
import { diagnosticsText, type GenerateReport, reportText } from "../report.js";
import { choice, type Command, type ExitCode, type Options, parse, usage } from "./command.js";
import { progress } from "./progress.js";

const OPTIONS: Options = {
  out: { type: "string" },
  include: { type: "string", multiple: true },
  exclude: { type: "string", multiple: true },
  enums: { type: "string" },
  jobs: { type: "string" },
  check: { type: "boolean" },
  reporter: { type: "string" },
};

const HELP = `
  <api>               name:version of a bundled API, a path to a .json document, or its URL
  --out DIR           folder for <name>/<version>/index.ts and schemas.ts (default: generated)
  --include GLOB      only methods whose id matches, such as 'drive.files.*'; may be given again
  --exclude GLOB      no methods whose id matches; may be given again
  --enums WORD        closed: the document's values only (default); open: any other string too
  --jobs N            threads that write code (default: one a core)
  --reporter WORD     text (default), or json: one object on standard output
`;

export const generateCommand: Command = {
  summary: "writes TypeScript clients for APIs",
  help: `
Usage: discogen generate <api…> [options]

Writes a typed client for each API. Files are written only when they change, and whole.
${HELP}  --check             write nothing; exit 1 when the output is not current

Examples:
  discogen generate sqladmin:v1beta3 --out generated
  discogen generate 'https://sheets.googleapis.com/$discovery/rest?version=v4' --out src/google
`,
  run: (args, signal) => run("generate", args, signal),
};

export const checkCommand: Command = {
  summary: "tells whether generated clients are current",
  help: `
Usage: discogen check <api…> [options]

The same as discogen generate --check: writes nothing; exit 1 when the output is not current.
${HELP}
Example:
  discogen check sqladmin:v1beta3 --out generated
`,
  run: (args, signal) => run("check", args, signal),
};

async function run(name: "check" | "generate", args: readonly string[], signal: AbortSignal): Promise<ExitCode> {
  const parsed = parse(name, args, OPTIONS);
  const reporter = choice(name, parsed, "reporter", ["text", "json"]);
  const enums = choice(name, parsed, "enums", ["closed", "open"]);
  if (parsed.positionals.length === 0) throw usage(name, "no API is named");
  const { generate } = await import("../generate.js");
  const bar = progress(process.stderr);
  const report = await generate({
    apis: parsed.positionals,
    out: parsed.text("out") ?? "generated",
    enums,
    include: parsed.texts("include"),
    exclude: parsed.texts("exclude"),
    ...jobsOf(name, parsed.text("jobs")),
    check: name === "check" || parsed.flag("check"),
    signal,
    onProgress: bar.update,
  }).finally(bar.clear);
  process.stderr.write(diagnosticsText(report.diagnostics));
  process.stdout.write(`${reporter === "json" ? JSON.stringify(report, undefined, 2) : reportText(report)}\n`);
  return exitCode(report);
}

function jobsOf(command: string, text: string | undefined): { readonly jobs?: number } {
  if (text === undefined) return {};
  if (!/^[1-9]\d{0,2}$/.test(text)) throw usage(command, `--jobs takes a number from 1, not ${JSON.stringify(text)}`);
  return { jobs: Number(text) };
}

function exitCode({ diagnostics }: GenerateReport): ExitCode {
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  if (errors.length === 0) return 0;
  return errors.every(({ code }) => code === "OUTPUT_STALE") ? 1 : 2;
}
