/** `discogen update`. */
import type { CodeRequest } from "../config/define.js";
import { diffModels } from "../diff/diff.js";
import { type DiffReport, diffReport, diffText } from "../diff/render.js";
import { type Lock, pinnedPath, readPinned } from "../discovery/lock.js";
import { isLocal } from "../discovery/request.js";
import { InputError } from "../diagnostics.js";
import { modelOf } from "../load.js";
import type { ApiModel } from "../model/types.js";
import type { Pinned } from "../pin.js";
import { choice, type Command, type ExitCode, FORCE_HELP, FORCE_OPTION, parse } from "./command.js";
import { hasError, printDiagnostics, printJson } from "./print.js";
import { namedOfConfig, openProject, requireConfig } from "./project.js";
import { SOURCE_HELP, SOURCE_OPTIONS } from "./sources.js";
import type { Terminal } from "./terminal.js";

export const updateCommand: Command = {
  summary: "Fetch pinned documents again and print what changed",
  help: `
Usage: discogen update [api…] [options]

Fetch the documents of the config again, store them in discovery/, pin them in
discogen.lock.json, and print what changed. Then run \`discogen generate\`.
Documents that are your own files are not pinned.

  [api…]              APIs of the config (default: all)
  --config FILE       the config (default: discogen.config.ts, .mts, .js, .mjs
                      or .json in this folder); executed unless it is JSON, so
                      run this only in folders that you trust
${SOURCE_HELP}${FORCE_HELP}  --reporter FORMAT   text (default), or json: one object on standard output

Example:
  discogen update
`,
  run,
};

/** The update of one pin. */
interface Update {
  readonly id: string;
  /** The revision before the update. */
  readonly from?: string;
  /** Absent if the pin was removed, as no API of the config needs it. */
  readonly to?: string;
  /** Whether the document changed. */
  readonly changed: boolean;
  /** Absent if there is no earlier document to compare with. */
  readonly diff?: DiffReport;
}

async function run(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const { signal } = terminal;
  const start = performance.now();
  const parsed = parse("update", args, {
    ...SOURCE_OPTIONS,
    ...FORCE_OPTION,
    config: { type: "string" },
    reporter: { type: "string" },
  });
  const reporter = choice("update", parsed, "reporter", ["text", "json"]);
  const project = await openProject("update", parsed, terminal);
  const config = requireConfig(project);
  const apis = namedOfConfig("update", config, parsed.positionals).filter((api) => !isLocal(api));
  const { fetchPins, writePins } = await import("../pin.js");
  const { fetched, diagnostics } = await fetchPins(apis, { ...project.sources, renewed: project.lock }, signal);
  const updates = await Promise.all(fetched.map((pinned) => updateOf(project.lock, pinned, apis)));

  // A pin is removed if no API needs it. That is certain only if all APIs were updated.
  const isComplete = parsed.positionals.length === 0 && !hasError(diagnostics);
  const needed = new Set(fetched.map(({ model }) => model.id));
  const dropped = new Set([...project.lock.apis.keys()].filter((id) => isComplete && !needed.has(id)));
  signal.throwIfAborted();
  await writePins(project.lock, fetched, { dropped, force: parsed.flag("force") });

  const removed = [...dropped].map((id): Update => ({ id, ...revisionOf(project.lock, id), changed: true }));
  const all = [...updates, ...removed].sort((a, b) => (a.id < b.id ? -1 : 1));
  printDiagnostics(terminal, diagnostics);
  const ms = Math.round(performance.now() - start);
  if (reporter === "json") printJson(terminal, { ok: !hasError(diagnostics), apis: all.map(jsonOf), diagnostics, ms });
  else terminal.stdout.write(all.map((update) => `${textOf(update)}\n`).join(""));
  return hasError(diagnostics) ? 2 : 0;
}

function revisionOf({ apis }: Lock, id: string): { readonly from?: string } {
  const revision = apis.get(id)?.revision;
  return revision === undefined ? {} : { from: revision };
}

async function updateOf(lock: Lock, { model, entry }: Pinned, apis: readonly CodeRequest[]): Promise<Update> {
  const before = lock.apis.get(model.id);
  const update = { id: model.id, ...revisionOf(lock, model.id), to: model.revision };
  if (before?.sha256 === entry.sha256) return { ...update, changed: false, diff: diffReport(model, model, []) };
  const old =
    before === undefined
      ? undefined
      : await pinnedModel(lock, { id: model.id, patch: apis.find(({ id }) => id === model.id)?.patch });
  return { ...update, changed: true, ...(old && { diff: diffReport(old, model, diffModels(old, model)) }) };
}

/** The model of a pinned document. Undefined if the file is missing, was edited, or does not fit this version. */
async function pinnedModel(lock: Lock, request: CodeRequest & { readonly id: string }): Promise<ApiModel | undefined> {
  const { id } = request;
  try {
    const source = { file: pinnedPath(lock.folder, id), text: await readPinned(lock, id), source: "" };
    return modelOf(source, request, {}).model;
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

function jsonOf({ diff, ...update }: Update): object {
  if (diff === undefined) return update;
  const { semver, counts, changes } = diff;
  return { ...update, semver, counts, changes };
}

/** One line if nothing changed. Otherwise the output of `discogen diff`, without changes of documentation. */
function textOf({ id, from, to, changed, diff }: Update): string {
  if (to === undefined) return `${id}  ${from} is no longer pinned`;
  if (from === undefined) return `${id}  ${to} is pinned`;
  if (!changed) return `${id}  ${to} is current`;
  return diff === undefined ? `${id}  ${from} → ${to}` : diffText(diff, ["breaking", "additive"]);
}
