/** `discogen docs`. */
import { join } from "node:path";
import { diagnostic, InputError } from "../diagnostics.js";
import { rendererFiles } from "../docs/renderer.js";
import { docsSite, isOfSite } from "../docs/site.js";
import { writeOutput } from "../files.js";
import type { LoadedModel } from "../load.js";
import { type Command, type ExitCode, FORCE_HELP, FORCE_OPTION, parse, usage } from "./command.js";
import { printDiagnostics } from "./print.js";
import { loadNamed, openProject } from "./project.js";
import { selection, SELECTION_HELP, SELECTION_OPTIONS } from "./selection.js";
import { SOURCE_HELP, SOURCE_OPTIONS } from "./sources.js";
import type { Terminal } from "./terminal.js";

export const docsCommand: Command = {
  summary: "writes a reference of APIs as a static site",
  help: `
Usage: discogen docs <api…> --out DIR [options]

Writes HTML pages with every method, a TypeScript sample of each, every type, and a search box. They open from the disk
or from any web server, and ask no other host for anything.
Executes no config that is code: reads discogen.config.json and the lock.

  <api>               name:version, a path to a .json document, or its URL
  --out DIR           folder for index.html and <name>/<version>/index.html
${FORCE_HELP}${SELECTION_HELP}${SOURCE_HELP}
Examples:
  discogen docs sqladmin:v1beta3 --out site
  discogen docs drive:v3 sheets:v4 --include '*.get' --include '*.list' --out site
`,
  run,
};

async function run(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const parsed = parse("docs", args, {
    ...SELECTION_OPTIONS,
    ...SOURCE_OPTIONS,
    ...FORCE_OPTION,
    out: { type: "string" },
  });
  const out = parsed.text("out");
  if (parsed.positionals.length === 0) throw usage("docs", "no API is named");
  if (out === undefined) throw usage("docs", "--out DIR is missing");
  const project = await openProject("docs", parsed, terminal);
  const loaded = await Promise.all(parsed.positionals.map((api) => loadNamed(project, api, selection(parsed))));
  refuseTwice(loaded);
  printDiagnostics(
    terminal,
    loaded.flatMap(({ warnings }) => warnings),
  );
  const models = loaded.map(({ model }) => model);
  const files = docsSite(models, await rendererFiles()).map(({ path, text }) => ({ path: join(out, path), text }));
  const isOurs = (_path: string, content: Uint8Array) => isOfSite(content);
  const written = await writeOutput(files, {
    folder: out,
    ...(!parsed.flag("force") && { isOurs }),
    signal: terminal.signal,
  });
  const change = written === 0 ? "unchanged" : `${written} written`;
  terminal.stdout.write(`${models.map(({ id }) => id).join(", ")} → ${join(out, "index.html")} (${change})\n`);
  return 0;
}

/** Two documents of one API would be one page. */
function refuseTwice(loaded: readonly LoadedModel[]): void {
  const sources = new Map<string, string>();
  for (const { model, file } of loaded) {
    const other = sources.get(model.id.toLowerCase());
    sources.set(model.id.toLowerCase(), file);
    if (other === undefined) continue;
    throw new InputError([
      diagnostic("DUPLICATE_API", file, `${model.id} comes from ${other}, too`, { api: model.id }),
    ]);
  }
}
