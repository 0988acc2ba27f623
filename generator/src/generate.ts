/** The whole flow: sources → documents → models → emitted files → written files, and a report of it. */
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
  /** Each `name:version`, a path to a .json document, an http(s) URL, or an object with options of its own. */
  readonly apis: readonly (string | CodeRequest)[];
  /** The folder that `name/version/index.ts` and `name/version/schemas.ts` go to. */
  readonly out: string;
  /** Write nothing; output that is not current is a fault. Default: false. */
  readonly check?: boolean;
  /** Replace files that Discogen did not write. Default: false, they are an error. */
  readonly force?: boolean;
  /** Delete what earlier runs wrote for other APIs than these, unless it was edited since. Default: false. */
  readonly prune?: boolean;
  /**
   * Threads that write code, at most, beside the one that reads and writes files: few APIs need no more than one, and
   * have no more. With 1 all is done in one. Default: one a core.
   */
  readonly jobs?: number;
  readonly signal?: AbortSignal;
  /** Called before each document is read: how many APIs are done, of how many, and which is next. */
  readonly onProgress?: (done: number, total: number, api: string) => void;
}

/** APIs on their way at once, for each thread: so many that none waits while a large one is done. */
const AHEAD = 8;

/** APIs that a further thread is worth its start for. */
const APIS_OF_THREAD = 4;

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
  const jobs = Math.min(options.jobs ?? availableParallelism(), Math.ceil(options.apis.length / APIS_OF_THREAD));
  const state = await openOutputState(out);
  const translator = createTranslator(jobs);
  try {
    if (check || state.isFirst) translator.warm();
    const tools = { state, translator, aborted: abortOf(options.signal) };
    const outcomes = await outcomesOf(options, tools, AHEAD * Math.max(1, jobs));
    const diagnostics = outcomes.flatMap((outcome) => outcome.diagnostics);
    const apis = outcomes.flatMap(({ report }) => report ?? []);
    const isFine = () => diagnostics.every(({ severity }) => severity !== "error");
    const ids = new Set(apis.map(({ id }) => id));
    // An API at fault may be one whose id is not known: nothing is deleted that could be its output.
    if (prune && check) diagnostics.push(...(await state.findDropped(ids)));
    else if (prune && isFine()) diagnostics.push(...(await state.deleteDropped(ids)));
    if (!check) diagnostics.push(...(await attempt(() => state.save().then(() => ({ diagnostics: [] })))).diagnostics);
    return { ok: isFine(), apis, diagnostics, ms: Math.round(performance.now() - start) };
  } catch (error) {
    // What is written already is not written again, nor forgotten when its API is dropped.
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
  // Perhaps nobody waits for anything then.
  aborted.catch(() => undefined);
  return aborted;
}

/** What became of one API; without a report when it was at fault. */
interface Outcome {
  readonly report?: ApiReport;
  readonly diagnostics: readonly Diagnostic[];
}

interface Tools {
  readonly state: OutputState;
  readonly translator: Translator;
  readonly aborted: Promise<never>;
}

/** One API, all but written. */
interface Prepared {
  readonly request: CodeRequest;
  readonly file: string;
  readonly input: string;
  /** What was written from that input by an earlier run, and is still there. */
  readonly written: WrittenApi | undefined;
  /** Its code, which is not asked for where it is written already. */
  readonly translated: () => Promise<Translation>;
}

/** Up to `limit` APIs are prepared at once; they are written one after the other, in the order of the requests. */
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
    // Whoever takes it sees that it failed; that may be never, when the run is stopped.
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
  // A check that believed what a run before it noted would check nothing.
  const written = check ? undefined : await state.find(input);
  // Threads are not waited for when the run is stopped, files that are being written are.
  const translate = () => Promise.race([translator.translate(source, request), aborted]);
  const translation = written === undefined ? await translate() : undefined;
  const translated = async () => translation ?? translate();
  return { request, file: source.file, input, written, translated };
}

/** Turns input at fault into an outcome; whatever else is thrown is a bug, or an abort. */
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

/** The outcome of an API that is written already, without a look into its document. */
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
    diagnostic("OUTPUT_STALE", path, `it differs from what ${file} gives`, { api: id }),
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
