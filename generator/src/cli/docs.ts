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
  summary: "Write a static HTML reference with TypeScript samples",
  help: `
Usage: discogen docs <api…> --out DIR [options]

Write HTML pages with all methods, a TypeScript sample of each, all types, and
a search box. They open from the disk or from any web server, and load nothing
from other hosts.
Does not execute a config that is code: reads only discogen.config.json and the
lock.

  <api>               name:version, a path to a .json document, or its URL
  --out DIR           folder for index.html and <name>/<version>/index.html
${FORCE_HELP}${SELECTION_HELP}${SOURCE_HELP}
Example:
  discogen docs sqladmin:v1beta3 --include 'sql.instances.*' --out site
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
  if (parsed.positionals.length === 0) throw usage("docs", "no API given");
  if (out === undefined) throw usage("docs", "--out DIR is required");
  const project = await openProject("docs", parsed, terminal);
  const loaded = await Promise.all(parsed.positionals.map((api) => loadNamed(project, api, selection(parsed))));
  rejectDuplicates(loaded);
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

/** Rejects two documents of one API, as both would write the same page. */
function rejectDuplicates(loaded: readonly LoadedModel[]): void {
  const sources = new Map<string, string>();
  for (const { model, file } of loaded) {
    const other = sources.get(model.id.toLowerCase());
    sources.set(model.id.toLowerCase(), file);
    if (other === undefined) continue;
    throw new InputError([
      diagnostic("DUPLICATE_API", file, `${model.id} is also defined by ${other}`, { api: model.id }),
    ]);
  }
}
