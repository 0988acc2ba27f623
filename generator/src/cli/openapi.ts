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
  summary: "Convert a document to OpenAPI 3.1",
  help: `
Usage: discogen openapi <api> [--out FILE] [options]

Print the API as an OpenAPI 3.1 document in JSON. A path that contains {+name}
is expanded according to the pattern of the parameter.
Does not execute a config that is code: reads only discogen.config.json and the
lock.

  <api>               name:version, a path to a .json document, or its URL
  --out FILE          where to write the document (default: standard output)
${FORCE_HELP}${SELECTION_HELP}${SOURCE_HELP}
Example:
  discogen openapi sqladmin:v1beta3 --out sqladmin.openapi.json
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
      help: "Pass a writable file with --out.",
      existsHelp: "Pass another file with --out, or add --force to replace this one.",
      signal: terminal.signal,
    });
    if (!isStandardOutput(out, terminal))
      terminal.stdout.write(`${model.id} → ${out} (${written === 0 ? "unchanged" : "written"})\n`);
  }
  return 0;
}

/** Whether a path is standard output, such as /dev/stdout. Then the output must be only the document. */
function isStandardOutput(path: string, { stdout: { fd } }: Terminal): boolean {
  if (fd === undefined) return false;
  const written = statSync(path, { throwIfNoEntry: false });
  const output = fstatSync(fd);
  return written?.dev === output.dev && written.ino === output.ino;
}
