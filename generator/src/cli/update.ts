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
  summary: "fetches pinned documents anew, and tells what changed",
  help: `
Usage: discogen update [api…] [options]

Fetches the documents of the config's APIs anew, keeps them in discovery/, pins them in discogen.lock.json, and prints
what changed; discogen generate then writes it out. A document that is a file of your own is not pinned.

  [api…]              APIs of the config (default: all)
  --config FILE       the config (default: discogen.config.ts, .mts, .js, .mjs or .json in this folder);
                      executed unless it is JSON, so run this only in folders that you trust
${SOURCE_HELP}${FORCE_HELP}  --reporter WORD     text (default), or json: one object on standard output

Examples:
  discogen update
  discogen update sheets:v4
`,
  run,
};

/** What became of one pin. */
interface Update {
  readonly id: string;
  /** The revision that was pinned before. */
  readonly from?: string;
  /** Absent where the pin was dropped, as no API of the config needs it. */
  readonly to?: string;
  /** Whether the document is another than before. */
  readonly changed: boolean;
  /** What that means to a program; absent where there is nothing to compare with. */
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
  const { fetched, diagnostics } = await fetchPins(apis, project.sources, signal);
  const updates = await Promise.all(fetched.map((pinned) => updateOf(project.lock, pinned, apis)));

  // What no API of the config needs is dropped, where all of them are known.
  const isWhole = parsed.positionals.length === 0 && !hasError(diagnostics);
  const needed = new Set(fetched.map(({ model }) => model.id));
  const dropped = new Set([...project.lock.apis.keys()].filter((id) => isWhole && !needed.has(id)));
  signal.throwIfAborted();
  await writePins(project.lock, fetched, { dropped, force: parsed.flag("force") });

  const gone = [...dropped].map((id): Update => ({ id, ...revisionOf(project.lock, id), changed: true }));
  const all = [...updates, ...gone].sort((a, b) => (a.id < b.id ? -1 : 1));
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

/** What was pinned; nothing when it is gone, was edited, or was written for another version of Discogen. */
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

/** A line for what did not change; else as `discogen diff` has it, changes of texts counted alone. */
function textOf({ id, from, to, changed, diff }: Update): string {
  if (to === undefined) return `${id}  ${from} is pinned no longer`;
  if (from === undefined) return `${id}  ${to} is pinned`;
  if (!changed) return `${id}  ${to} is current`;
  return diff === undefined ? `${id}  ${from} → ${to}` : diffText(diff, ["breaking", "additive"]);
}
