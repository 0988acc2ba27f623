/** The whole flow: sources → documents → models → emitted files → written files, and a report of it. */
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { type Diagnostic, diagnostic, InputError } from "./diagnostics.js";
import { createEmitter, type Emitter } from "./emit/emitter.js";
import { type LoadedModel, loadModel } from "./load.js";
import type { ModelOptions } from "./model/build.js";
import { methodsOf } from "./model/methods.js";
import { changedFiles, type OutputFile, writeFiles } from "./output/write.js";
import type { ApiReport, GenerateReport } from "./report.js";

export interface GenerateOptions extends ModelOptions {
  /** Each `name:version`, a path to a .json document, or an http(s) URL. */
  readonly apis: readonly string[];
  /** The folder that `name/version/index.ts` and `name/version/schemas.ts` go to. */
  readonly out: string;
  /** Write nothing; output that is not current is a fault. Default: false. */
  readonly check?: boolean;
  /** Threads that write code, beside the one that reads documents. With 1 all is done in one. Default: one a core. */
  readonly jobs?: number;
  readonly signal?: AbortSignal;
  /** Called before each document is read: how many APIs are done, of how many, and which is next. */
  readonly onProgress?: (done: number, total: number, api: string) => void;
}

/**
 * Generates clients.
 *
 * An API at fault is reported and its old output left alone; the others go on.
 *
 * @throws the reason of `signal`, when it aborts
 */
export async function generate(options: GenerateOptions): Promise<GenerateReport> {
  const start = performance.now();
  const jobs = options.jobs ?? availableParallelism();
  const emitter = createEmitter(jobs);
  try {
    const outcomes = await outcomesOf(options, emitter, 2 * Math.max(1, jobs));
    const diagnostics = outcomes.flatMap((outcome) => outcome.diagnostics);
    const apis = outcomes.flatMap(({ report }) => report ?? []);
    return { ok: diagnostics.every(({ severity }) => severity !== "error"), apis, diagnostics, ms: elapsed(start) };
  } finally {
    await emitter.close();
  }
}

/** What became of one API; without a report when it was at fault. */
interface Outcome {
  readonly report?: ApiReport;
  readonly diagnostics: readonly Diagnostic[];
}

/** Documents are read one after the other, while at most `limit` of those before are being emitted and written. */
async function outcomesOf(options: GenerateOptions, emitter: Emitter, limit: number): Promise<readonly Outcome[]> {
  const { apis, signal, onProgress } = options;
  /** Id to the source that gave it. */
  const sources = new Map<string, string>();
  const running = new Set<Promise<Outcome>>();
  const outcomes: Promise<Outcome>[] = [];
  let done = 0;
  for (const api of apis) {
    signal?.throwIfAborted();
    onProgress?.(done, apis.length, api);
    const start = performance.now();
    const loaded = await attempt(() => loadOnce(api, sources, options));
    const outcome =
      "diagnostics" in loaded ? Promise.resolve(loaded) : attempt(() => emitOne(loaded, start, emitter, options));
    outcomes.push(outcome);
    running.add(outcome);
    const settled = () => {
      running.delete(outcome);
      done += 1;
    };
    outcome.then(settled, settled);
    while (running.size >= limit) await Promise.race(running);
  }
  return Promise.all(outcomes);
}

/** Turns input at fault into an outcome; whatever else is thrown is a bug, or an abort. */
async function attempt<Value>(run: () => Promise<Value>): Promise<Outcome | Value> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof InputError) return { diagnostics: error.diagnostics };
    throw error;
  }
}

async function loadOnce(api: string, sources: Map<string, string>, options: GenerateOptions): Promise<LoadedModel> {
  const loaded = await loadModel(api, options, options.signal);
  const { model, file, warnings } = loaded;
  const other = sources.get(model.id.toLowerCase());
  if (other !== undefined) {
    const message = `${model.id} is already generated from ${other}`;
    throw new InputError([...warnings, diagnostic("DUPLICATE_API", file, message, { api: model.id })]);
  }
  sources.set(model.id.toLowerCase(), file);
  return loaded;
}

async function emitOne(
  { model, file, warnings }: LoadedModel,
  start: number,
  emitter: Emitter,
  { out, check = false, signal }: GenerateOptions,
): Promise<Outcome> {
  const { id } = model;
  const dir = join(out, model.name, model.version);
  const emitted = await emitter.emit(model);
  signal?.throwIfAborted();
  const files = emitted.map(({ path, text }): OutputFile => ({ path: join(out, path), text }));
  const changed = await changedFiles(files);
  if (!check) {
    await writeFiles(changed).catch((error: unknown) => {
      const message = `${dir}: ${error instanceof Error ? error.message : String(error)}`;
      throw new InputError([...warnings, diagnostic("OUTPUT_UNWRITABLE", file, message, { api: id })]);
    });
  }
  const stale = (check ? changed : []).map(({ path }) =>
    diagnostic("OUTPUT_STALE", path, `it differs from what ${file} gives`, { api: id }),
  );
  const report: ApiReport = {
    id,
    revision: model.revision,
    dir,
    client: model.clientName,
    methods: methodsOf(model.root).length,
    // Hoisted types and input twins are ours, not the document's.
    schemas: model.schemas.filter((schema) => schema.id !== undefined).length,
    files: files.map(({ path }) => path),
    written: check ? 0 : changed.length,
    unchanged: files.length - changed.length,
    ms: elapsed(start),
  };
  return { report, diagnostics: [...warnings, ...stale] };
}

function elapsed(start: number): number {
  return Math.round(performance.now() - start);
}
