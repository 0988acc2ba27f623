/** The bytes of a download as the server sends them, over one or more connections. */
import { failedAttempt, retryCall, send } from "../call/send.js";
import { AbortError, DiscogenError } from "../errors.js";
import { isBrowser } from "../platform/fetch-platform.js";
import { connectionError, subjectOf } from "../transport/failure.js";
import { type HttpHeaders, type HttpResponse, header } from "../transport/transport.js";
import type { Download } from "./download.js";

/** Headers that identify the version of the content. Weak ETags do not identify bytes (RFC 9110 §8.8.1). */
const versionHeaders: readonly string[] = ["etag", "x-goog-generation", "x-goog-hash"];

function versionOf(headers: HttpHeaders, name: string): string | undefined {
  const value = headers[name];
  const text = typeof value === "object" ? value.toSorted().join(",") : value;
  return text?.startsWith("W/") === true ? undefined : text;
}

function isSame(first: HttpResponse, next: HttpResponse): boolean {
  const pairs = versionHeaders.map((name) => [versionOf(first.headers, name), versionOf(next.headers, name)] as const);
  // The server returns 206 for If-Range only if the ETag is the same.
  const isConfirmed = next.status === 206 && versionOf(first.headers, "etag") !== undefined;
  return (
    first.encoding === next.encoding &&
    (isConfirmed || pairs.some(([a, b]) => a !== undefined && a === b)) &&
    pairs.every(([a, b]) => a === undefined || b === undefined || a === b)
  );
}

/** Whether a body is as the server sent it. A custom transport may have decoded it. */
export function isAsSent({ encoding, headers }: HttpResponse): boolean {
  return encoding !== undefined || (header(headers, "content-encoding") ?? "identity") === "identity";
}

/**
 * Whether the headers describe the body. Browsers decode bodies. If a server of another origin does not expose its
 * headers, they hide `content-encoding`, but not `content-length`.
 */
function isExposed({ headers }: HttpResponse): boolean {
  return !isBrowser() || versionHeaders.some((name) => headers[name] !== undefined);
}

/** The range of a response with status 206; `undefined` for the complete content. */
function rangeOf({ headers, status }: HttpResponse): { readonly start: number; readonly end: number } | undefined {
  const match = /^bytes (\d{1,15})-(\d{1,15})\//.exec(header(headers, "content-range") ?? "");
  return status === 206 && match !== null ? { start: Number(match[1]), end: Number(match[2]) } : undefined;
}

/** The bytes of a download. If a connection breaks, requests the rest with `Range`. */
export class Wire implements AsyncIterableIterator<Uint8Array> {
  readonly #download: Download;
  readonly #first: HttpResponse;
  /** Offset of the first byte in the complete content. */
  readonly #start: number;
  /** The expected number of bytes; `undefined` if the server does not send it. */
  readonly #expected: number | undefined;
  readonly #canResume: boolean;
  #chunks: AsyncIterator<Uint8Array>;
  #received = 0;
  /** Bytes to skip, since they were received before. */
  #known = 0;
  #isOver = false;
  #isCancelled = false;

  constructor(download: Download) {
    this.#download = download;
    const first = download.sent.response;
    this.#first = first;
    const range = rangeOf(first);
    const length = header(first.headers, "content-length");
    this.#start = range?.start ?? 0;
    this.#expected = isAsSent(first) && isExposed(first) && length !== undefined ? Number(length) : undefined;
    this.#canResume =
      isAsSent(first) &&
      (first.status === 200 || range !== undefined) &&
      versionHeaders.some((name) => versionOf(first.headers, name) !== undefined);
    this.#chunks = chunksOf(first);
  }

  async next(): Promise<IteratorResult<Uint8Array>> {
    if (this.#isOver) return { done: true, value: undefined };
    let chunk: Uint8Array | undefined;
    try {
      chunk = await this.#read();
    } catch (error) {
      // The error is thrown once: after it, `next()` finds the end.
      this.#isOver = true;
      this.#refuseCancelled();
      chunk = await this.#resume(error);
      this.#isOver = false;
    }
    if (chunk === undefined) return { done: true, value: undefined };
    this.#received += chunk.length;
    try {
      this.#download.onProgress?.({ received: this.#received, total: this.#expected });
    } catch (error) {
      // An iterator that has thrown is never closed by its reader.
      this.#isOver = true;
      await this.#chunks.return?.();
      throw error;
    }
    return { done: false, value: chunk };
  }

  async return(): Promise<IteratorResult<Uint8Array>> {
    this.#isCancelled = true;
    await this.#chunks.return?.();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** A reader that waits must not take the bytes so far for the complete content. */
  #refuseCancelled(): void {
    if (this.#isCancelled) throw new AbortError(`${this.#download.call.methodId}: cancelled`);
  }

  /** The next bytes that were not read before; `undefined` at the end. */
  async #read(): Promise<Uint8Array | undefined> {
    for (;;) {
      const missing = this.#expected === undefined ? Infinity : this.#expected - this.#received;
      if (missing === 0) {
        await this.#chunks.return?.();
        return undefined;
      }
      const { done, value } = await this.#chunks.next();
      if (this.#isCancelled) {
        await this.#chunks.return?.();
        this.#refuseCancelled();
      }
      if (done === true) {
        if (missing === Infinity) return undefined;
        throw new Error(`the body ended ${String(missing)} bytes early`);
      }
      const skipped = Math.min(this.#known, value.length);
      this.#known -= skipped;
      const chunk = skipped === 0 && value.length <= missing ? value : value.subarray(skipped, skipped + missing);
      if (chunk.length > 0) return chunk;
    }
  }

  /** Opens another connection after this error, and reads the next bytes from it. */
  #resume(thrown: unknown): Promise<Uint8Array | undefined> {
    const { call } = this.#download;
    let error = this.#errorOf(thrown);
    return retryCall(call, 0, async (failures) => {
      if (failures > 0) {
        this.#refuseCancelled();
        await this.#reconnect(error);
        try {
          return await this.#read();
        } catch (again) {
          this.#refuseCancelled();
          error = this.#errorOf(again);
        }
      }
      return failedAttempt(call, failures, error, this.#canResume);
    });
  }

  #errorOf(thrown: unknown): DiscogenError {
    return thrown instanceof DiscogenError ? thrown : connectionError(this.#download.sent.request, thrown, true);
  }

  /** Requests the bytes that are missing. */
  async #reconnect(error: Error): Promise<void> {
    const { call, sent } = this.#download;
    const from = this.#start + this.#received;
    const to = this.#expected === undefined ? "" : String(this.#start + this.#expected - 1);
    const etag = versionOf(this.#first.headers, "etag");
    const headers = {
      ...call.built.headers,
      range: `bytes=${String(from)}-${to}`,
      ...(etag === undefined ? {} : { "if-range": etag }),
    };
    const { response } = await send({ ...call, built: { ...call.built, headers } });
    this.#chunks = chunksOf(response);
    const start = rangeOf(response)?.start ?? (response.status === 200 ? 0 : undefined);
    if (start === undefined || start > from || !isSame(this.#first, response)) {
      await this.#chunks.return?.();
      throw new DiscogenError(
        "CONTENT_CHANGED",
        `${subjectOf(sent.request)}: the connection broke after ${String(this.#received)} bytes, and the content has changed since`,
        { cause: error },
      );
    }
    this.#known = from - start;
  }
}

function chunksOf({ body }: HttpResponse): AsyncIterator<Uint8Array> {
  if (typeof body === "object" && !(body instanceof Uint8Array)) return body[Symbol.asyncIterator]();
  return oneChunk(typeof body === "string" ? new TextEncoder().encode(body) : body);
}

async function* oneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield bytes;
}
