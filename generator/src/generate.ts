/** The complete flow: sources → documents → models → emitted files → written files, and a report. */
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { removeLeftovers } from "@discogen/runtime/files";
import type { CodeRequest } from "./config/define.js";
import { nameOf, requestOf } from "./discovery/request.js";
import { createSources, type SourceOptions, type Sources } from "./discovery/sources.js";
import { type Diagnostic, diagnostic, InputError } from "./diagnostics.js";
import { hasPreamble } from "./emit/preamble.js";
import { writeAll } from "./files.js";
import { type ApiFacts, type OutputState, openOutputState, type WrittenApi } from "./output-state.js";
import type { SharedOptions } from "./model/build.js";
import { changedFiles } from "./output/write.js";
import type { ApiReport, GenerateReport } from "./report.js";
import type { TranslatedApi, Translation } from "./translate.js";
import { createTranslator, type Translator } from "./translator.js";

export interface GenerateOptions extends SharedOptions, SourceOptions {
  /** Each is `name:version`, a path to a .json document, an http(s) URL, or an object with its own options. */
  readonly apis: readonly (string | CodeRequest)[];
  /** The output folder, for `name/version/index.ts` and `name/version/schemas.ts`. */
  readonly out: string;
  /** Writes nothing, and reports outdated output as an error. Default: false. */
  readonly check?: boolean;
  /** Replaces files that Discogen did not write. Default: false, they are an error. */
  readonly force?: boolean;
  /** Deletes files that earlier runs wrote for other APIs, unless they were edited. Default: false. */
  readonly prune?: boolean;
  /**
   * The maximum number of threads that translate documents: the calling one, and workers. Few APIs use fewer. Default: the
   * number of cores, at most 4.
   */
  readonly jobs?: number;
  readonly signal?: AbortSignal;
  /** Called before each API: how many APIs are done, the total, and the next API. */
  readonly onProgress?: (done: number, total: number, api: string) => void;
}

/** APIs in progress per thread: enough that no thread waits while another has a large document. */
const AHEAD = 8;

/** The number of APIs for which one more thread saves more time than a worker takes to start. */
const APIS_PER_THREAD = 4;

/**
 * Two threads on two cores need a fifth less time for 110 documents than one, on Node 20 and 24. With more than four, the
 * thread that also reads and writes files is the slowest one.
 */
const MOST_THREADS = 4;

/**
 * Generates clients. Skips APIs that an earlier run wrote from the same documents, options and code.
 *
 * An API with errors is reported, and its earlier output is not changed. Other APIs are generated.
 *
 * @throws the reason of `signal` when it aborts
 */
export async function generate(options: GenerateOptions): Promise<GenerateReport> {
  const start = performance.now();
  const { out, check = false, prune = false } = options;
  const { jobs: most = Math.min(MOST_THREADS, availableParallelism()) } = options;
  const jobs = Math.min(most, Math.ceil(options.apis.length / APIS_PER_THREAD));
  const state = await openOutputState(out);
  const translator = createTranslator(jobs);
  try {
    const tools = { state, translator, aborted: abortOf(options.signal) };
    const outcomes = await outcomesOf(options, tools, AHEAD * Math.max(1, jobs));
    const diagnostics = outcomes.flatMap((outcome) => outcome.diagnostics);
    const apis = outcomes.flatMap(({ report }) => report ?? []);
    const isFine = () => diagnostics.every(({ severity }) => severity !== "error");
    const ids = new Set(apis.map(({ id }) => id));
    // The id of an API with errors may be unknown, so any dropped API may be this one: nothing is deleted.
    if (prune && check) diagnostics.push(...(await state.findDropped(ids)));
    else if (prune && isFine()) diagnostics.push(...(await state.deleteDropped(ids)));
    if (!check) diagnostics.push(...(await attempt(() => state.save().then(() => ({ diagnostics: [] })))).diagnostics);
    return { ok: isFine(), apis, diagnostics, ms: Math.round(performance.now() - start) };
  } catch (error) {
    // The next run then skips the APIs that are already written.
    if (!check) await state.save().catch(() => undefined);
    throw error;
  } finally {
    await translator.close();
  }
}

/** Rejects when the signal aborts. */
function abortOf(signal: AbortSignal | undefined): Promise<never> {
  const aborted = new Promise<never>((_, reject) => {
    signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  // Nothing may be waiting for this promise when it rejects.
  aborted.catch(() => undefined);
  return aborted;
}

/** The result for one API; without a report if it has errors. */
interface Outcome {
  readonly report?: ApiReport;
  readonly diagnostics: readonly Diagnostic[];
}

interface Tools {
  readonly state: OutputState;
  readonly translator: Translator;
  readonly aborted: Promise<never>;
}

/** One API before its files are written. */
interface Prepared {
  readonly request: CodeRequest;
  readonly file: string;
  readonly input: string;
  /** What an earlier run wrote from the same input, if it is unchanged. */
  readonly written: WrittenApi | undefined;
  /** Translates the document, unless that is done. */
  readonly translated: () => Promise<Translation>;
}

/** Prepares up to `limit` APIs at once. Writes them one after the other, in the order of the requests. */
async function outcomesOf(options: GenerateOptions, tools: Tools, limit: number): Promise<readonly Outcome[]> {
  const { signal, onProgress, include, exclude, enums } = options;
  const common = { ...(include && { include }), ...(exclude && { exclude }), ...(enums && { enums }) };
  const requests = options.apis.map((api) => ({ ...common, ...(typeof api === "string" ? requestOf(api) : api) }));
  const sources = createSources(options);
  const taken = new Map<string, string>();
  let ahead: readonly Promise<Prepared>[] = [];
  const outcomes: Outcome[] = [];
  const start = (request: CodeRequest) => {
    const prepared = prepare(request, sources, tools, options);
    // finish() sees a failure, unless the run is aborted before that.
    prepared.catch(() => undefined);
    return prepared;
  };
  for (const [index, request] of requests.entries()) {
    signal?.throwIfAborted();
    onProgress?.(index, requests.length, nameOf(request));
    const [prepared = start(request), ...others] = ahead;
    const further = requests.slice(index + 1 + others.length, index + limit);
    ahead = [...others, ...further.map(start)];
    outcomes.push(await attempt(async () => finish(await prepared, taken, tools, options)));
  }
  return outcomes;
}

async function prepare(
  request: CodeRequest,
  sources: Sources,
  { state, translator, aborted }: Tools,
  { check = false, signal }: GenerateOptions,
): Promise<Prepared> {
  const source = await sources.load(request, signal);
  const input = state.inputOf(source.text, request);
  // A check translates every document: it does not rely on the manifest of an earlier run.
  const written = check ? undefined : await state.find(input);
  // An aborted run waits for files that are being written, but not for translations.
  const translate = () => Promise.race([translator.translate(source, request), aborted]);
  const translation = written === undefined ? await translate() : undefined;
  const translated = async () => translation ?? translate();
  return { request, file: source.file, input, written, translated };
}

/** Turns an InputError into an outcome. Other errors are bugs or aborts. */
async function attempt(run: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof InputError) return { diagnostics: error.diagnostics };
    throw error;
  }
}

async function finish(
  { request, file, input, written, translated }: Prepared,
  taken: Map<string, string>,
  { state }: Tools,
  options: GenerateOptions,
): Promise<Outcome> {
  if (written !== undefined && (request.id ?? written.id) === written.id && !taken.has(written.id.toLowerCase())) {
    taken.set(written.id.toLowerCase(), file);
    await removeLeftovers(join(options.out, ...written.id.split(":")));
    return skipped(written, file, options);
  }
  const { api, diagnostics, ms } = await translated();
  if (api === undefined) return { diagnostics };
  const other = taken.get(api.id.toLowerCase());
  if (other !== undefined) {
    const message = `${api.id} is already generated from ${other}`;
    return { diagnostics: [...diagnostics, diagnostic("DUPLICATE_API", file, message, { api: api.id })] };
  }
  taken.set(api.id.toLowerCase(), file);
  const outcome = await attempt(() => write(api, file, ms, state, options));
  if (outcome.report !== undefined) state.record(api.id, input, api.files, api.facts);
  return { ...outcome, diagnostics: [...diagnostics, ...outcome.diagnostics] };
}

/** The outcome of an API whose files are unchanged. Its document is not parsed. */
function skipped({ id, facts, files }: WrittenApi, file: string, options: GenerateOptions): Outcome {
  const diagnostics = facts.warnings.map(([code, pointer, message]) =>
    diagnostic(code, file, message, { pointer, api: id }),
  );
  return { report: reportOf(id, facts, options, Object.keys(files), 0, 0), diagnostics };
}

async function write(
  { id, files, facts }: TranslatedApi,
  file: string,
  ms: number,
  state: OutputState,
  options: GenerateOptions,
): Promise<Outcome> {
  const { out, check = false, force = false, signal } = options;
  signal?.throwIfAborted();
  const start = performance.now();
  const changed = await changedFiles(files.map(({ path, text }) => ({ path: join(out, path), text })));
  const written = new Set(files.flatMap(({ path }) => (state.wrote(path) ? join(out, path) : [])));
  const isOurs = (path: string, content: Uint8Array) => written.has(path) || hasPreamble(content);
  if (!check) await removeLeftovers(join(out, ...id.split(":")));
  if (!check) await writeAll(changed, { folder: out, api: id, ...(!force && { isOurs }) });
  const stale = (check ? changed : []).map(({ path }) =>
    diagnostic("OUTPUT_STALE", path, `it differs from the output for ${file}`, { api: id }),
  );
  const paths = files.map(({ path }) => path);
  const report = reportOf(id, facts, options, paths, changed.length, ms + performance.now() - start);
  return { report: check ? { ...report, written: 0 } : report, diagnostics: stale };
}

function reportOf(
  id: string,
  { revision, client, methods, schemas }: ApiFacts,
  { out }: GenerateOptions,
  paths: readonly string[],
  changed: number,
  ms: number,
): ApiReport {
  const dir = join(out, ...id.split(":"));
  const files = paths.map((path) => join(out, path));
  const unchanged = paths.length - changed;
  return { id, revision, dir, client, methods, schemas, files, written: changed, unchanged, ms: Math.round(ms) };
}
