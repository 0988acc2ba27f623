/** `discogen openapi`. */
import { fstatSync, statSync } from "node:fs";
import { writeOutput } from "../files.js";
import { isGenerated, openapiDocument } from "../openapi/document.js";
import { type Command, type ExitCode, FORCE_HELP, FORCE_OPTION, parse, usage } from "./command.js";
import { printDiagnostics } from "./print.js";
import { loadNamed, openProject } from "./project.js";
import { selection, SELECTION_HELP, SELECTION_OPTIONS } from "./selection.js";
import { SOURCE_HELP, SOURCE_OPTIONS } from "./sources.js";
import type { Terminal } from "./terminal.js";

export const openapiCommand: Command = {
  summary: "writes a document as OpenAPI 3.1",
  help: `
Usage: discogen openapi <api> [--out FILE] [options]

Prints the API as an OpenAPI 3.1 document in JSON. Paths that hold {+name} are spelled out as their patterns tell.
Executes no config that is code: reads discogen.config.json and the lock.

  <api>               name:version, a path to a .json document, or its URL
  --out FILE          where to write it (default: standard output)
${FORCE_HELP}${SELECTION_HELP}${SOURCE_HELP}
Examples:
  discogen openapi sqladmin:v1beta3 --out sqladmin.openapi.json
  discogen openapi drive:v3 --include 'drive.files.*' --exclude 'drive.files.watch'
`,
  run,
};

async function run(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const parsed = parse("openapi", args, {
    ...SELECTION_OPTIONS,
    ...SOURCE_OPTIONS,
    ...FORCE_OPTION,
    out: { type: "string" },
  });
  const [api, ...rest] = parsed.positionals;
  if (api === undefined || rest.length > 0) throw usage("openapi", `takes one API, not ${parsed.positionals.length}`);
  const { model, warnings } = await loadNamed(await openProject("openapi", parsed, terminal), api, selection(parsed));
  printDiagnostics(terminal, warnings);
  const text = `${JSON.stringify(openapiDocument(model), undefined, 2)}\n`;
  const out = parsed.text("out");
  if (out === undefined) {
    terminal.stdout.write(text);
  } else {
    const written = await writeOutput([{ path: out, text }], {
      ...(!parsed.flag("force") && { isOurs: (_path, content) => isGenerated(content) }),
      help: "Name a file that can be written with --out.",
      existsHelp: "Name another file with --out, or add --force to replace this one.",
      signal: terminal.signal,
    });
    if (!isStandardOutput(out, terminal))
      terminal.stdout.write(`${model.id} → ${out} (${written === 0 ? "unchanged" : "written"})\n`);
  }
  return 0;
}

/** Whether a path leads to standard output, as /dev/stdout does: the document is there, and nothing else. */
function isStandardOutput(path: string, { stdout: { fd } }: Terminal): boolean {
  if (fd === undefined) return false;
  const written = statSync(path, { throwIfNoEntry: false });
  const output = fstatSync(fd);
  return written?.dev === output.dev && written.ino === output.ino;
}
