/** An answer whose body is content, not JSON. */
import { type ApiResponse, DiscogenError, TimeoutError, invalidRequest } from "../errors.js";
import type { Headers as PlatformHeaders } from "../platform-types.js";
import type { Limits } from "../policy/wait.js";
import type { HttpRequest, HttpResponse } from "../transport/transport.js";
import { longestTimer } from "../transport/deadlines.js";
import { subjectOf } from "../transport/failure.js";
import { longestString } from "../transport/size-limit.js";
import { LazyResponse } from "../decode/api-response.js";

/**
 * Content as it arrives: a download, or the answer of a method that returns raw bytes (HttpBody).
 *
 * The body can be read once, by iterating {@link body} or by {@link bytes}, {@link text} or {@link saveTo}. Until then
 * the connection waits, so read it or {@link cancel} it.
 *
 * A connection that breaks is taken up again where it broke (`Range`), as often as the call's `retry` allows between
 * two pieces, where the call may be repeated and the server tells one state of the content from another: by a strong
 * ETag, by `x-goog-generation` or `x-goog-hash`. A whole that comes with `x-goog-hash` is held against it; MD5,
 * where that is the only checksum, is not computed in browsers and workers. Content that was stored compressed is
 * unpacked.
 *
 * Reading throws `ConnectionError`, `TimeoutError`, `AbortError`, and `DiscogenError` with code `CONTENT_CHANGED` or
 * `CONTENT_DAMAGED`.
 */
export class MediaResponse implements ApiResponse {
  readonly status: number;
  readonly #response: LazyResponse;
  readonly #body: AsyncIterable<Uint8Array>;
  /** The method, for messages. */
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

  /** The bytes in pieces; a slow reader slows the connection down, one that stops early ends it. */
  get body(): AsyncIterable<Uint8Array> {
    return { [Symbol.asyncIterator]: () => this.#take()[Symbol.asyncIterator]() };
  }

  /** The whole body. Throws a `DiscogenError` with code `RESPONSE_TOO_LARGE` where memory cannot hold it. */
  async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return this.#collect(Infinity);
  }

  /** The whole body as UTF-8 text. Throws like {@link bytes}; a string can hold 536,870,888 bytes. */
  async text(): Promise<string> {
    return new TextDecoder().decode(await this.#collect(longestString));
  }

  async #collect(limit: number): Promise<Uint8Array<ArrayBuffer>> {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of this.#take()) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > limit) throw this.#tooLarge(`a string can hold ${String(limit)}`);
    }
    let whole: Uint8Array<ArrayBuffer>;
    try {
      whole = new Uint8Array(size);
    } catch {
      throw this.#tooLarge("memory cannot hold them");
    }
    let offset = 0;
    for (const chunk of chunks) {
      whole.set(chunk, offset);
      offset += chunk.length;
    }
    return whole;
  }

  #tooLarge(reason: string): DiscogenError {
    const message = `${this.#subject}: the content has too many bytes, ${reason}. Read it by saveTo() or body`;
    return new DiscogenError("RESPONSE_TOO_LARGE", message);
  }

  /**
   * Writes the body to a file. A regular file is written under a temporary name in the same folder and renamed when it
   * is complete: no part of it is ever seen under its own name. A file that it replaces keeps its mode, and its owner
   * where the system allows it. A symbolic link is followed and stays. A pipe, socket or device is written to as it is;
   * the call's `signal` and `totalTimeout` end the wait for its reader.
   *
   * @throws {DiscogenError} with code `DISK_FULL` where there is no room on the disk, or the user's quota is used up
   * @throws {InvalidRequestError} where it cannot be written for another reason
   */
  async saveTo(path: string): Promise<void> {
    const { saveBody } = await import("./node/save.js");
    return saveBody(this.#take()[Symbol.asyncIterator](), path, this.#limits);
  }

  /** Lets the body and its connection go; a reading that is under way throws. Not needed after reading. */
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

/** Ends the body when the call's total time is over, whether it is being read or not. */
export function untilDeadline(
  request: HttpRequest,
  body: AsyncIterable<Uint8Array>,
  remaining: number,
  limit: number,
): AsyncIterable<Uint8Array> {
  const pieces = body[Symbol.asyncIterator]();
  let expired: TimeoutError | undefined;
  let interrupt: ((error: Error) => void) | undefined;
  const expire = (): void => {
    expired = new TimeoutError(
      `${subjectOf(request)}: the body was not complete within ${String(limit)} ms`,
      limit,
      "TOTAL_TIMEOUT",
    );
    interrupt?.(expired);
    void pieces.return?.();
  };
  const timer = remaining > longestTimer ? undefined : setTimeout(expire, remaining);
  const stop = (): void => clearTimeout(timer);
  const iterator: AsyncIterableIterator<Uint8Array> = {
    next: () =>
      new Promise((resolve, reject) => {
        if (expired !== undefined) return reject(expired);
        interrupt = reject;
        pieces.next().then(
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
      await pieces.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]: () => iterator,
  };
  return iterator;
}
