/**
 * Content in parts (`uploadType=resumable`), with one part in memory, however large the whole is.
 *
 * Google's protocol: a POST opens a session and names its URL; a PUT there carries a part and is answered with 308
 * while bytes are missing, whose `Range` tells how many have arrived, and at the end with the method's own answer. What
 * has arrived after a failure is asked for by a PUT without a body.
 */
import { AbortError, ApiError, DiscogenError, TimeoutError, UploadError } from "../errors.js";
import { type PreparedCall, abortedCall, expiredCall, remainingOf } from "../call/prepared-call.js";
import { type Sent, failureOf, retryCall, send } from "../call/send.js";
import { AttemptFailure } from "../policy/retry-loop.js";
import { isRetryable } from "../policy/retry.js";
import { within } from "../policy/wait.js";
import { invalidResponse } from "../decode/api-error.js";
import { header } from "../transport/transport.js";
import { type PreparedUpload, withUploadType } from "./prepared-upload.js";
import { type Session, foreignSession, sessionAt, sessionRequest } from "./session.js";

const defaultChunkSize: number = 8 * 1024 * 1024;

/** What is known of an upload under way. */
interface State {
  session: Session;
  /** Bytes that have arrived; `undefined`: to be asked for. */
  offset: number | undefined;
  /** The last offset that was known. */
  sent: number;
  /** The highest offset so far; below 0 before the first. */
  highest: number;
  /** Steps since then after which no more had arrived than before them. */
  failures: number;
}

export async function sendResumable(upload: PreparedUpload): Promise<Sent> {
  const { call, media } = upload;
  const { attempts } = call.retry();
  const chunk = chunkMemory(upload);
  let state = media.session === undefined ? await open(upload) : stored(upload, media.session);
  return retryCall(call, 0, async (restarts) => {
    if (restarts > 0) state = await open(upload);
    try {
      return await sendChunks(upload, state, chunk);
    } catch (error) {
      if (!isLost(error) || !upload.source.replayable || restarts >= attempts) throw stopped(upload, state, error);
      return new AttemptFailure(error, 0);
    }
  });
}

/** Made when first needed: bytes that are in memory need none. */
function chunkMemory({ media, source }: PreparedUpload): { readonly size: number; readonly memory: () => Uint8Array } {
  const size = media.chunkSize ?? defaultChunkSize;
  let memory: Uint8Array | undefined;
  return { size, memory: () => (memory ??= new Uint8Array(Math.min(size, source.size ?? size))) };
}

/** The state of a new session. One that nobody writes to leaves nothing behind, so this may always be repeated. */
async function open(upload: PreparedUpload): Promise<State> {
  const { call, media, mimeType, source } = upload;
  const { built, core } = call;
  const headers = { ...built.headers, "x-upload-content-type": mimeType };
  const sized = source.size === undefined ? headers : { ...headers, "x-upload-content-length": String(source.size) };
  const path = withUploadType(built.path, "resumable");
  const begin = {
    ...call,
    built: { ...built, path, headers: sized },
    retry: () => ({ ...call.retry(), idempotent: true }),
  };
  const { request, response } = await send(begin);
  const location = header(response.headers, "location");
  const session = location === undefined ? undefined : sessionAt(core, location, core.origin + path);
  if (session === undefined) {
    const problem =
      location === undefined
        ? "names no session (no Location)"
        : `names a session on another host (${hostOf(location)})`;
    throw invalidResponse(request, response.status, response.headers, `it ${problem}`);
  }
  media.onProgress?.({ sent: 0, total: source.size, session: session.url });
  return { session, offset: 0, sent: 0, highest: 0, failures: 0 };
}

function hostOf(location: string): string {
  return URL.canParse(location) ? new URL(location).host : "none";
}

function stored({ call }: PreparedUpload, text: string): State {
  const { core } = call;
  const session = sessionAt(core, text, core.origin);
  if (session === undefined) throw foreignSession(call.methodId, "media.session");
  return { session, offset: undefined, sent: 0, highest: -1, failures: 0 };
}

/** Sends parts until the answer is the method's own. */
async function sendChunks(
  upload: PreparedUpload,
  state: State,
  chunk: { readonly size: number; readonly memory: () => Uint8Array },
): Promise<Sent> {
  const { call, media, source } = upload;
  for (;;) {
    const { offset, session } = state;
    const question = sessionRequest(session, call.built.headers, `bytes */${String(source.size ?? "*")}`, undefined);
    // With everything sent and no answer to it, asking is all that is left.
    const isQuestion = offset === undefined || (offset === source.size && offset + state.failures > 0);
    const bytes = isQuestion ? undefined : await readWithin(call, source.read(offset, chunk.size, chunk.memory));
    const total = source.size;
    const end = (offset ?? 0) + (bytes?.length ?? 0);
    const built =
      bytes === undefined
        ? question
        : sessionRequest(session, call.built.headers, rangeOf(offset ?? 0, end, total), bytes);
    const sent = await send({
      ...call,
      httpMethod: "PUT",
      built,
      session: { origin: session.origin, question, failures: state.failures },
      retry: () => ({ ...call.retry(), idempotent: true }),
    });
    if (sent.response.status !== 308) {
      // To believe it would be to lose the rest.
      if (offset !== undefined && end !== total)
        throw invalidResponse(sent.request, sent.response.status, sent.response.headers, "not all has been sent yet");
      if (total !== undefined) media.onProgress?.({ sent: total, total, session: session.url });
      return sent;
    }
    advance(upload, state, sent, end);
  }
}

/** An empty whole has no range. */
function rangeOf(start: number, end: number, total: number | undefined): string | undefined {
  return end === start ? undefined : `bytes ${String(start)}-${String(end - 1)}/${String(total ?? "*")}`;
}

/** Takes what a 308 says. `end`: how much can have arrived at most, where this process sent it. */
function advance(upload: PreparedUpload, state: State, { request, response }: Sent, end: number): void {
  const { call, media, source } = upload;
  const { core } = call;
  const range = header(response.headers, "range");
  const arrived = range === undefined ? 0 : arrivedOf(range);
  const limit = state.offset === undefined ? (source.size ?? Infinity) : end;
  if (arrived === undefined || arrived > limit)
    throw invalidResponse(request, 308, response.headers, "its Range tells of bytes that were not sent");
  const location = header(response.headers, "location");
  const moved = location === undefined ? undefined : sessionAt(core, location, core.origin + request.path);
  if (moved !== undefined) state.session = moved;
  const isProgress = state.offset === undefined || arrived > state.offset;
  // Sending again what the server lost is neither: it may take many steps, and must not begin the count again.
  if (arrived > state.highest) state.failures = 0;
  else if (!isProgress) state.failures++;
  state.highest = Math.max(state.highest, arrived);
  if (state.failures > call.retry().attempts)
    throw invalidResponse(request, 308, response.headers, "no more bytes arrive");
  state.offset = arrived;
  state.sent = arrived;
  if (isProgress) media.onProgress?.({ sent: arrived, total: source.size, session: state.session.url });
}

function arrivedOf(range: string): number | undefined {
  const last = /^(?:bytes=)?0-(\d{1,15})$/.exec(range.trim())?.[1];
  return last === undefined ? undefined : Number(last) + 1;
}

/** A stream may let its reader wait for ever; the call's limits hold all the same. */
function readWithin(call: PreparedCall, reading: Promise<Uint8Array>): Promise<Uint8Array> {
  if (call.signal === undefined && call.deadline === Infinity) return reading;
  return within(reading, {
    signal: call.signal,
    remaining: remainingOf(call),
    aborted: () => abortedCall(call),
    expired: () => expiredCall(call),
  });
}

function isLost(error: unknown): error is ApiError {
  return error instanceof ApiError && (error.status === 404 || error.status === 410);
}

/** What ends the call: as it is where the caller or the server wants it so, else with the way to go on. */
function stopped({ call, source }: PreparedUpload, { sent, session }: State, error: unknown): unknown {
  if (error instanceof AbortError || (error instanceof TimeoutError && error.code === "TOTAL_TIMEOUT")) return error;
  const init = { session: session.url, sent, cause: error };
  if (error instanceof UploadError) return new UploadError(error.code, error.message, init);
  const of = source.size === undefined ? "" : ` of ${String(source.size)}`;
  const after = `${call.methodId}: the upload stopped after ${String(sent)}${of} bytes`;
  if (isLost(error)) return new UploadError("UPLOAD_SESSION_LOST", `${after}: the server has lost its session`, init);
  if (!(error instanceof DiscogenError)) return error;
  if (
    error instanceof ApiError &&
    error.code !== "INVALID_RESPONSE" &&
    error.status !== 401 &&
    !isRetryable(failureOf(error), { idempotent: true })
  )
    return error;
  return new UploadError("UPLOAD_FAILED", `${after}, and can go on from there: ${error.message}`, init);
}
