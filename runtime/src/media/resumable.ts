/**
 * Uploads content in chunks (`uploadType=resumable`), with one chunk in memory.
 *
 * Google's protocol: a POST opens a session and returns its URL. A PUT to that URL sends a chunk. The response is 308
 * while bytes are missing, with a `Range` of the bytes that have arrived, and at the end the response of the method.
 * After a failure, a PUT without a body requests the range that has arrived.
 */
import { type PreparedCall, abortedCall, expiredCall, remainingOf } from "../call/prepared-call.js";
import { type Sent, failureOf, retryCall, send } from "../call/send.js";
import { invalidResponse } from "../decode/api-error.js";
import { AbortError, ApiError, DiscogenError, TimeoutError, UploadError } from "../errors.js";
import { AttemptFailure } from "../policy/retry-loop.js";
import { isRetryable } from "../policy/retry.js";
import { within } from "../policy/wait.js";
import { header } from "../transport/transport.js";
import { type PreparedUpload, withUploadType } from "./prepared-upload.js";
import { type Session, foreignSession, sessionAt, sessionRequest } from "./session.js";

const defaultChunkSize: number = 8 * 1024 * 1024;

/** The state of an upload. */
interface State {
  session: Session;
  /** Bytes that have arrived; `undefined`: not known yet. */
  offset: number | undefined;
  /** The last known offset. */
  sent: number;
  /** The highest offset so far; negative before the first. */
  highest: number;
  /** Requests since then without progress. */
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

/** The memory for chunks. It is allocated when needed: content that is in memory needs none. */
function chunkMemory({ media, source }: PreparedUpload): { readonly size: number; readonly memory: () => Uint8Array } {
  const size = media.chunkSize ?? defaultChunkSize;
  let memory: Uint8Array | undefined;
  return { size, memory: () => (memory ??= new Uint8Array(Math.min(size, source.size ?? size))) };
}

/** Opens a session. An unused session has no effect, so this request can always be repeated. */
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
        ? "has no session URL (no Location)"
        : `has a session URL on another host (${hostOf(location)})`;
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

/** Sends chunks until the response is that of the method. */
async function sendChunks(
  upload: PreparedUpload,
  state: State,
  chunk: { readonly size: number; readonly memory: () => Uint8Array },
): Promise<Sent> {
  const { call, media, source } = upload;
  for (;;) {
    const { offset, session } = state;
    const question = sessionRequest(session, call.built.headers, `bytes */${String(source.size ?? "*")}`, undefined);
    // If everything was sent and the response was lost, only the status can be requested.
    const isStatusRequest = offset === undefined || (offset === source.size && offset + state.failures > 0);
    const bytes = isStatusRequest ? undefined : await readWithin(call, source.read(offset, chunk.size, chunk.memory));
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
      // Without this check, the rest of the content would be lost silently.
      if (offset !== undefined && end !== total)
        throw invalidResponse(
          sent.request,
          sent.response.status,
          sent.response.headers,
          "the server finished the upload before all bytes were sent",
        );
      if (total !== undefined) media.onProgress?.({ sent: total, total, session: session.url });
      return sent;
    }
    advance(upload, state, sent, end);
  }
}

/** The `Content-Range` of a chunk. Empty content has no range. */
function rangeOf(start: number, end: number, total: number | undefined): string | undefined {
  return end === start ? undefined : `bytes ${String(start)}-${String(end - 1)}/${String(total ?? "*")}`;
}

/** Updates the state after a 308. `end`: the maximum of bytes that can have arrived, if this process sent them. */
function advance(upload: PreparedUpload, state: State, { request, response }: Sent, end: number): void {
  const { call, media, source } = upload;
  const { core } = call;
  const range = header(response.headers, "range");
  const arrived = range === undefined ? 0 : arrivedOf(range);
  const limit = state.offset === undefined ? (source.size ?? Infinity) : end;
  if (arrived === undefined || arrived > limit)
    throw invalidResponse(request, 308, response.headers, "its Range contains bytes that were not sent");
  const location = header(response.headers, "location");
  const moved = location === undefined ? undefined : sessionAt(core, location, core.origin + request.path);
  if (moved !== undefined) state.session = moved;
  const isProgress = state.offset === undefined || arrived > state.offset;
  // Repeating bytes that the server lost is not a failure, but must not reset the count: it may take many requests.
  if (arrived > state.highest) state.failures = 0;
  else if (!isProgress) state.failures++;
  state.highest = Math.max(state.highest, arrived);
  if (state.failures > call.retry().attempts)
    throw invalidResponse(request, 308, response.headers, "the server accepts no more bytes");
  state.offset = arrived;
  state.sent = arrived;
  if (isProgress) media.onProgress?.({ sent: arrived, total: source.size, session: state.session.url });
}

function arrivedOf(range: string): number | undefined {
  const last = /^(?:bytes=)?0-(\d{1,15})$/.exec(range.trim())?.[1];
  return last === undefined ? undefined : Number(last) + 1;
}

/** Applies the limits of the call to reading: a stream may never yield a chunk. */
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

/** The error of the call: unchanged after an abort, a timeout or a final response, else an error with the session. */
function stopped({ call, source }: PreparedUpload, { sent, session }: State, error: unknown): unknown {
  if (error instanceof AbortError || (error instanceof TimeoutError && error.code === "TOTAL_TIMEOUT")) return error;
  const init = { session: session.url, sent, cause: error };
  if (error instanceof UploadError) return new UploadError(error.code, error.message, init);
  const of = source.size === undefined ? "" : ` of ${String(source.size)}`;
  const after = `${call.methodId}: the upload stopped after ${String(sent)}${of} bytes`;
  if (isLost(error)) return new UploadError("UPLOAD_SESSION_LOST", `${after}: the server has lost the session`, init);
  if (!(error instanceof DiscogenError)) return error;
  if (
    error instanceof ApiError &&
    error.code !== "INVALID_RESPONSE" &&
    error.status !== 401 &&
    !isRetryable(failureOf(error), { idempotent: true })
  )
    return error;
  return new UploadError("UPLOAD_FAILED", `${after} and can be resumed: ${error.message}`, init);
}
