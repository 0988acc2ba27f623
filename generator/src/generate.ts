/** The whole flow: sources → documents → models → emitted files → written files, and a report of it. */
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { CodeRequest } from "./config/define.js";
import { nameOf, requestOf } from "./discovery/request.js";
import { createSources, type SourceOptions, type SourceText } from "./discovery/sources.js";
import { type Diagnostic, diagnostic, InputError } from "./diagnostics.js";
import { createEmitter, type Emitter } from "./emit/emitter.js";
import { type ApiFacts, type Ledger, openLedger } from "./ledger.js";
import { writeAll } from "./files.js";
import { type LoadedModel, modelOf } from "./load.js";
import type { ModelOptions } from "./model/build.js";
import { methodsOf } from "./model/methods.js";
import { changedFiles } from "./output/write.js";
import type { ApiReport, GenerateReport } from "./report.js";

export interface GenerateOptions extends ModelOptions, SourceOptions {
  /** Each `name:version`, a path to a .json document, an http(s) URL, or an object with options of its own. */
  readonly apis: readonly (string | CodeRequest)[];
  /** The folder that `name/version/index.ts` and `name/version/schemas.ts` go to. */
  readonly out: string;
  /** Write nothing; output that is not current is a fault. Default: false. */
  readonly check?: boolean;
  /** Delete what earlier runs wrote for other APIs than these, unless it was edited since. Default: false. */
  readonly prune?: boolean;
  /** Threads that write code, beside the one that reads documents. With 1 all is done in one. Default: one a core. */
  readonly jobs?: number;
  readonly signal?: AbortSignal;
  /** Called before each document is read: how many APIs are done, of how many, and which is next. */
  readonly onProgress?: (done: number, total: number, api: string) => void;
}

/** Texts that are fetched ahead of the one that is being read. */
const AHEAD = 4;

/**
 * Generates clients. What an earlier run wrote from the same documents, options and code is left as it is.
 *
 * An API at fault is reported and its old output left alone; the others go on.
 *
 * @throws the reason of `signal`, when it aborts
 */
export async function generate(options: GenerateOptions): Promise<GenerateReport> {
  const start = performance.now();
  const { out, check = false, prune = false } = options;
  const jobs = options.jobs ?? availableParallelism();
  const ledger = await openLedger(out);
  const emitter = createEmitter(jobs);
  try {
    if (check || ledger.isFirst) emitter.warm();
    const outcomes = await Promise.race([
      outcomesOf(options, { ledger, emitter }, 2 * Math.max(1, jobs)),
      abortOf(options.signal),
    ]);
    const diagnostics = outcomes.flatMap((outcome) => outcome.diagnostics);
    const apis = outcomes.flatMap(({ report }) => report ?? []);
    const isFine = () => diagnostics.every(({ severity }) => severity !== "error");
    const ids = new Set(apis.map(({ id }) => id));
    // An API at fault may be one whose id is not known: nothing is deleted that could be its output.
    if (prune && check) diagnostics.push(...(await ledger.findDropped(ids)));
    else if (prune && isFine()) diagnostics.push(...(await ledger.deleteDropped(ids)));
    if (!check) diagnostics.push(...(await attempt(() => ledger.save().then(() => NOTHING))).diagnostics);
    return { ok: isFine(), apis, diagnostics, ms: elapsed(start) };
  } catch (error) {
    // What is written already is not written again, nor forgotten when its API is dropped.
    if (!check) await ledger.save().catch(() => undefined);
    throw error;
  } finally {
    await emitter.close();
  }
}

/** Rejects when the signal aborts, whatever the threads are at: they are ended then. */
function abortOf(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

/** What became of one API; without a report when it was at fault. */
interface Outcome {
  readonly report?: ApiReport;
  readonly diagnostics: readonly Diagnostic[];
}

const NOTHING: Outcome = { diagnostics: [] };

interface Tools {
  readonly ledger: Ledger;
  readonly emitter: Emitter;
}

/** One API on its way. */
interface Job {
  readonly request: CodeRequest;
  readonly source: SourceText;
  readonly input: string;
  readonly start: number;
}

/** Documents are read one after the other, while at most `limit` of those before are being emitted and written. */
async function outcomesOf(options: GenerateOptions, tools: Tools, limit: number): Promise<readonly Outcome[]> {
  const { signal, onProgress, include, exclude, enums } = options;
  const common = { ...(include && { include }), ...(exclude && { exclude }), ...(enums && { enums }) };
  const requests = options.apis.map((api) => ({ ...common, ...(typeof api === "string" ? requestOf(api) : api) }));
  const taken = new Map<string, string>();
  const running = new Set<Promise<Outcome>>();
  const outcomes: Promise<Outcome>[] = [];
  const texts = textsAhead(requests, options);
  let done = 0;
  for (const [index, request] of requests.entries()) {
    signal?.throwIfAborted();
    onProgress?.(done, requests.length, nameOf(request));
    const start = performance.now();
    const outcome = await attempt(async () => {
      const source = await texts(index);
      const job = { request, source, input: tools.ledger.inputOf(source.text, request), start };
      return (await skipped(job, taken, tools, options)) ?? { job, loaded: loadOnce(job, taken) };
    });
    const ended =
      "loaded" in outcome
        ? attempt(() => emitOne(outcome.job, outcome.loaded, tools, options))
        : Promise.resolve(outcome);
    outcomes.push(ended);
    running.add(ended);
    const settled = () => {
      running.delete(ended);
      done += 1;
    };
    ended.then(settled, settled);
    while (running.size >= limit) await Promise.race(running);
  }
  return Promise.all(outcomes);
}

/** Gives the text of each request in its turn; a few are on their way ahead of it. */
function textsAhead(
  requests: readonly CodeRequest[],
  options: GenerateOptions,
): (index: number) => Promise<SourceText> {
  const sources = createSources(options);
  const loading: Promise<SourceText>[] = [];
  return (index) => {
    for (const request of requests.slice(loading.length, index + AHEAD)) {
      const text = sources.load(request, options.signal);
      // Whoever takes it sees that it failed; that may be never, when the run is stopped.
      text.catch(() => undefined);
      loading.push(text);
    }
    const text = loading[index] ?? Promise.reject(new Error(`there is no request ${index}`));
    // Taken: a text of megabytes is not kept for the rest of the run.
    delete loading[index];
    return text;
  };
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

/** The outcome of an API that is written already, without a look into its document. */
async function skipped(
  { request, source: { file }, input, start }: Job,
  taken: Map<string, string>,
  { ledger }: Tools,
  { out, check = false }: GenerateOptions,
): Promise<Outcome | undefined> {
  // A check that believed what a run before it noted would check nothing.
  const written = check ? undefined : await ledger.find(input);
  if (written === undefined || (request.id ?? written.id) !== written.id || taken.has(written.id.toLowerCase()))
    return undefined;
  const { id, facts } = written;
  taken.set(id.toLowerCase(), file);
  const paths = Object.keys(written.files);
  const report = reportOf(id, facts, out, paths, 0, paths.length, start);
  return {
    report,
    diagnostics: facts.warnings.map(([code, pointer, message]) =>
      diagnostic(code, file, message, { pointer, api: id }),
    ),
  };
}

function loadOnce({ request, source }: Job, taken: Map<string, string>): LoadedModel {
  const loaded = modelOf(source, request, request);
  const { model, file, warnings } = loaded;
  const other = taken.get(model.id.toLowerCase());
  if (other !== undefined) {
    const message = `${model.id} is already generated from ${other}`;
    throw new InputError([...warnings, diagnostic("DUPLICATE_API", file, message, { api: model.id })]);
  }
  taken.set(model.id.toLowerCase(), file);
  return loaded;
}

async function emitOne(
  { input, start }: Job,
  { model, file, warnings }: LoadedModel,
  { ledger, emitter }: Tools,
  { out, check = false, signal }: GenerateOptions,
): Promise<Outcome> {
  const { id } = model;
  const emitted = await emitter.emit(model);
  signal?.throwIfAborted();
  const changed = await changedFiles(emitted.map(({ path, text }) => ({ path: join(out, path), text })));
  if (!check) {
    await writeAll(changed, { folder: out, api: id }).catch((error: unknown) => {
      throw error instanceof InputError ? new InputError([...warnings, ...error.diagnostics]) : error;
    });
  }
  const facts: ApiFacts = {
    revision: model.revision,
    client: model.clientName,
    methods: methodsOf(model.root).length,
    // Hoisted types and input twins are ours, not the document's.
    schemas: model.schemas.filter((schema) => schema.id !== undefined).length,
    warnings: warnings.map(({ code, pointer, message }) => [code, pointer, message]),
  };
  ledger.record(id, input, emitted, facts);
  const stale = (check ? changed : []).map(({ path }) =>
    diagnostic("OUTPUT_STALE", path, `it differs from what ${file} gives`, { api: id }),
  );
  const paths = emitted.map(({ path }) => path);
  const written = check ? 0 : changed.length;
  const report = reportOf(id, facts, out, paths, written, paths.length - changed.length, start);
  return { report, diagnostics: [...warnings, ...stale] };
}

function reportOf(
  id: string,
  { revision, client, methods, schemas }: ApiFacts,
  out: string,
  paths: readonly string[],
  written: number,
  unchanged: number,
  start: number,
): ApiReport {
  const dir = join(out, ...id.split(":"));
  const files = paths.map((path) => join(out, path));
  return { id, revision, dir, client, methods, schemas, files, written, unchanged, ms: elapsed(start) };
}

function elapsed(start: number): number {
  return Math.round(performance.now() - start);
}
