/** A response whose body is content, not JSON. */
import { LazyResponse } from "../decode/api-response.js";
import { type ApiResponse, DiscogenError, TimeoutError, invalidRequest } from "../errors.js";
import type { Headers as PlatformHeaders } from "../platform-types.js";
import type { Limits } from "../policy/wait.js";
import { longestTimer } from "../transport/deadlines.js";
import { subjectOf } from "../transport/failure.js";
import { longestString } from "../transport/size-limit.js";
import type { HttpRequest, HttpResponse } from "../transport/transport.js";

/**
 * Content of a download, or of a method that returns raw bytes (HttpBody).
 *
 * Read the body once: iterate over {@link body}, or call {@link bytes}, {@link text} or {@link saveTo}. If you do not
 * need it, call {@link cancel}, because an unread body blocks its connection.
 *
 * After a broken connection, reading resumes where it stopped (`Range`), as often as the call's `retry` allows between
 * two chunks. This requires a retryable call, and a response that identifies the version of the content: by a strong
 * ETag, `x-goog-generation` or `x-goog-hash`. Complete content is verified by `x-goog-hash`. Browsers and workers cannot
 * compute MD5, even if it is the only checksum. Content that was stored compressed is decompressed.
 *
 * Reading throws `ConnectionError`, `TimeoutError`, `AbortError`, and `DiscogenError` with code `CONTENT_CHANGED` or
 * `CONTENT_DAMAGED`.
 */
export class MediaResponse implements ApiResponse {
  readonly status: number;
  readonly #response: LazyResponse;
  readonly #body: AsyncIterable<Uint8Array>;
  /** The method id, for messages. */
  readonly #subject: string;
  readonly #limits: Limits;
  #taken = false;

  constructor(request: HttpRequest, response: HttpResponse, body: AsyncIterable<Uint8Array>, limits: Limits) {
    this.status = response.status;
    this.#response = new LazyResponse(request, response);
    this.#body = body;
    this.#subject = subjectOf(request);
    this.#limits = limits;
  }

  get headers(): PlatformHeaders {
    return this.#response.headers;
  }

  get url(): string {
    return this.#response.url;
  }

  /** The bytes in chunks. A slow reader slows down the connection. Stopping early closes it. */
  get body(): AsyncIterable<Uint8Array> {
    return { [Symbol.asyncIterator]: () => this.#take()[Symbol.asyncIterator]() };
  }

  /** Reads the complete body. Throws `DiscogenError` with code `RESPONSE_TOO_LARGE` if it does not fit into memory. */
  async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return this.#collect(Infinity);
  }

  /** Reads the complete body as UTF-8 text. Throws like {@link bytes}. The maximum is 536,870,888 bytes. */
  async text(): Promise<string> {
    return new TextDecoder().decode(await this.#collect(longestString));
  }

  async #collect(limit: number): Promise<Uint8Array<ArrayBuffer>> {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of this.#take()) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > limit) throw this.#tooLarge(`is longer than a string can be, ${String(limit)} bytes`);
    }
    let bytes: Uint8Array<ArrayBuffer>;
    try {
      bytes = new Uint8Array(size);
    } catch {
      throw this.#tooLarge("does not fit into memory");
    }
    let offset = 0;
    for (const chunk of chunks) {
      bytes.set(chunk, offset);
      offset += chunk.length;
    }
    return bytes;
  }

  #tooLarge(problem: string): DiscogenError {
    const message = `${this.#subject}: the content ${problem}. Use saveTo() or body`;
    return new DiscogenError("RESPONSE_TOO_LARGE", message);
  }

  /**
   * Writes the body to a file. A regular file is written under a temporary name in the same folder and renamed when it
   * is complete, so its path never shows partial content. A replaced file keeps its mode, and its owner if the system
   * allows it. Symbolic links are followed. A pipe, socket or device is written to directly; the call's `signal` and
   * `totalTimeout` also limit the wait for its reader.
   *
   * @throws {DiscogenError} `DISK_FULL` if the disk or the user's quota is full
   * @throws {InvalidRequestError} if the file cannot be written for another reason
   */
  async saveTo(path: string): Promise<void> {
    const { saveBody } = await import("./node/save.js");
    return saveBody(this.#take()[Symbol.asyncIterator](), path, this.#limits);
  }

  /** Discards the body and closes its connection. A read in progress throws. Not needed after reading. */
  async cancel(): Promise<void> {
    this.#taken = true;
    await this.#body[Symbol.asyncIterator]().return?.();
  }

  #take(): AsyncIterable<Uint8Array> {
    if (this.#taken) {
      throw invalidRequest("MediaResponse", "body", "was read or cancelled before");
    }
    this.#taken = true;
    return this.#body;
  }
}

/** Ends the body at the deadline of the call, even if nothing reads it. */
export function untilDeadline(
  request: HttpRequest,
  body: AsyncIterable<Uint8Array>,
  remaining: number,
  limit: number,
): AsyncIterable<Uint8Array> {
  const chunks = body[Symbol.asyncIterator]();
  let expired: TimeoutError | undefined;
  let interrupt: ((error: Error) => void) | undefined;
  const expire = (): void => {
    expired = new TimeoutError(
      `${subjectOf(request)}: the body was not complete within ${String(limit)} ms`,
      limit,
      "TOTAL_TIMEOUT",
    );
    interrupt?.(expired);
    void chunks.return?.();
  };
  const timer = remaining > longestTimer ? undefined : setTimeout(expire, remaining);
  const stop = (): void => clearTimeout(timer);
  const iterator: AsyncIterableIterator<Uint8Array> = {
    next: () =>
      new Promise((resolve, reject) => {
        if (expired !== undefined) return reject(expired);
        interrupt = reject;
        chunks.next().then(
          (result) => {
            if (result.done === true) stop();
            resolve(result);
          },
          (error: unknown) => {
            stop();
            reject(error);
          },
        );
      }),
    return: async () => {
      stop();
      await chunks.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]: () => iterator,
  };
  return iterator;
}
