/** The bytes of a download as the server sends them, over as many connections as it takes. */
import { AbortError, DiscogenError } from "../errors.js";
import { type PreparedCall, abortedCall } from "../call/prepared-call.js";
import { delayOf, send } from "../call/send.js";
import { pause } from "../policy/wait.js";
import { connectionError, subjectOf } from "../transport/failure.js";
import { isBrowser } from "../platform/fetch-platform.js";
import { type HttpHeaders, type HttpResponse, header } from "../transport/transport.js";
import type { Download } from "./download.js";

/** Which state of the content an answer is about. A weak ETag says nothing of single bytes (RFC 9110 §8.8.1). */
const marks: readonly string[] = ["etag", "x-goog-generation", "x-goog-hash"];

function markOf(headers: HttpHeaders, name: string): string | undefined {
  const value = headers[name];
  const text = typeof value === "object" ? value.toSorted().join(",") : value;
  return text?.startsWith("W/") === true ? undefined : text;
}

function isSame(first: HttpResponse, next: HttpResponse): boolean {
  const pairs = marks.map((name) => [markOf(first.headers, name), markOf(next.headers, name)] as const);
  // A part is the answer to If-Range only where the ETag is still the same.
  const isConfirmed = next.status === 206 && markOf(first.headers, "etag") !== undefined;
  return (
    first.encoding === next.encoding &&
    (isConfirmed || pairs.some(([a, b]) => a !== undefined && a === b)) &&
    pairs.every(([a, b]) => a === undefined || b === undefined || a === b)
  );
}

/** Whether a body is as it was on the wire; a transport of the user's may have unpacked it. */
export function isAsSent({ encoding, headers }: HttpResponse): boolean {
  return encoding !== undefined || (header(headers, "content-encoding") ?? "identity") === "identity";
}

/**
 * Whether the headers describe the body. Browsers decode bodies and hide `content-encoding`, but not `content-length`, of
 * a server of another origin that does not expose its headers.
 */
function isExposed({ headers }: HttpResponse): boolean {
  return !isBrowser() || marks.some((name) => headers[name] !== undefined);
}

/** Where a part of the content begins and ends; `undefined` for the whole. */
function partOf({ headers, status }: HttpResponse): { readonly start: number; readonly end: number } | undefined {
  const match = /^bytes (\d{1,15})-(\d{1,15})\//.exec(header(headers, "content-range") ?? "");
  return status === 206 && match !== null ? { start: Number(match[1]), end: Number(match[2]) } : undefined;
}

/** Bytes as they come; goes on by `Range` where a connection breaks. */
export class Wire implements AsyncIterableIterator<Uint8Array> {
  readonly #download: Download;
  readonly #first: HttpResponse;
  /** Offset of the first byte in the whole content. */
  readonly #start: number;
  /** How many bytes must come; `undefined` where the server does not say. */
  readonly #expected: number | undefined;
  readonly #canResume: boolean;
  #pieces: AsyncIterator<Uint8Array>;
  #received = 0;
  /** Bytes that are to be passed over: they came before. */
  #known = 0;
  #failures = 0;
  #isOver = false;
  #isCancelled = false;

  constructor(download: Download) {
    this.#download = download;
    const first = download.sent.response;
    this.#first = first;
    const part = partOf(first);
    const length = header(first.headers, "content-length");
    this.#start = part?.start ?? 0;
    this.#expected = isAsSent(first) && isExposed(first) && length !== undefined ? Number(length) : undefined;
    this.#canResume =
      isAsSent(first) &&
      (first.status === 200 || part !== undefined) &&
      marks.some((name) => markOf(first.headers, name) !== undefined);
    this.#pieces = piecesOf(first);
  }

  async next(): Promise<IteratorResult<Uint8Array>> {
    const { call, onProgress } = this.#download;
    while (!this.#isOver) {
      let piece: Uint8Array | undefined;
      try {
        piece = await this.#take();
      } catch (error) {
        // An error is told once: whoever reads on after it finds the end.
        this.#isOver = true;
        this.#refuseCancelled();
        await this.#resume(call, error);
        this.#isOver = false;
        continue;
      }
      if (piece === undefined) break;
      if (piece.length === 0) continue;
      this.#received += piece.length;
      this.#failures = 0;
      try {
        onProgress?.({ received: this.#received, total: this.#expected });
      } catch (error) {
        // Nobody closes an iterator that has thrown.
        this.#isOver = true;
        await this.#pieces.return?.();
        throw error;
      }
      return { done: false, value: piece };
    }
    return { done: true, value: undefined };
  }

  async return(): Promise<IteratorResult<Uint8Array>> {
    this.#isCancelled = true;
    await this.#pieces.return?.();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Whoever still reads must not take what has come for the whole. */
  #refuseCancelled(): void {
    if (this.#isCancelled) throw new AbortError(`${this.#download.call.methodId}: cancelled`);
  }

  /** The next piece that did not come before; `undefined` at the end. */
  async #take(): Promise<Uint8Array | undefined> {
    const missing = this.#expected === undefined ? Number.POSITIVE_INFINITY : this.#expected - this.#received;
    if (missing === 0) {
      await this.#pieces.return?.();
      return undefined;
    }
    const { done, value } = await this.#pieces.next();
    if (this.#isCancelled) {
      await this.#pieces.return?.();
      this.#refuseCancelled();
    }
    if (done === true) {
      if (missing === Number.POSITIVE_INFINITY) return undefined;
      throw new Error(`the body ended ${String(missing)} bytes early`);
    }
    const passed = Math.min(this.#known, value.length);
    this.#known -= passed;
    return passed === 0 && value.length <= missing ? value : value.subarray(passed, passed + missing);
  }

  async #resume(call: PreparedCall, thrown: unknown): Promise<void> {
    const { sent } = this.#download;
    const error = thrown instanceof DiscogenError ? thrown : connectionError(sent.request, thrown, true);
    const delay = this.#canResume ? delayOf(call, this.#failures, error) : undefined;
    if (delay === undefined) throw error;
    call.observer?.retry(error, delay);
    this.#failures++;
    await pause(delay, call.signal, () => abortedCall(call));
    this.#refuseCancelled();
    const from = this.#start + this.#received;
    const to = this.#expected === undefined ? "" : String(this.#start + this.#expected - 1);
    const etag = markOf(this.#first.headers, "etag");
    const headers = {
      ...call.built.headers,
      range: `bytes=${String(from)}-${to}`,
      ...(etag === undefined ? {} : { "if-range": etag }),
    };
    const { response } = await send({ ...call, built: { ...call.built, headers } });
    this.#pieces = piecesOf(response);
    const start = partOf(response)?.start ?? (response.status === 200 ? 0 : undefined);
    if (start === undefined || start > from || !isSame(this.#first, response)) {
      await this.#pieces.return?.();
      throw new DiscogenError(
        "CONTENT_CHANGED",
        `${subjectOf(sent.request)}: the connection broke after ${String(this.#received)} bytes, and the content has changed since`,
        { cause: error },
      );
    }
    this.#known = from - start;
  }
}

function piecesOf({ body }: HttpResponse): AsyncIterator<Uint8Array> {
  if (typeof body === "object" && !(body instanceof Uint8Array)) return body[Symbol.asyncIterator]();
  return onePiece(typeof body === "string" ? new TextEncoder().encode(body) : body);
}

async function* onePiece(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield bytes;
}
