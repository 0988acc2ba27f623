/** An exchange whose response is read while it arrives. The connection waits for a slow reader. */
import { checkEncoding, decodeStream } from "./decode.js";
import { Exchange } from "./exchange.js";
import { connectionError } from "./failure.js";
import { RawResponse, type RawHeaders, rawValue } from "./raw-headers.js";

/** The number of unread bytes at which the connection is paused: enough for the time of a write to a file. */
const highWaterMark: number = 512 * 1024;

/** Streams the body of a 2xx response. Collects other responses. */
export class StreamedExchange extends Exchange {
  #body: Body | undefined;

  override onHeaders(status: number, raw: RawHeaders, resume: () => void, statusText?: string): boolean {
    super.onHeaders(status, raw, resume, statusText);
    if (status < 200 || status >= 300 || this.done) return true;
    this.stopTimer();
    const drained = (): void => {
      this.paused = false;
      this.resume?.();
    };
    const body = new Body(drained, () => this.cancel(new Error("the reader stopped")));
    const encoding = rawValue(raw, "content-encoding");
    try {
      if (encoding === undefined) this.resolve(new RawResponse(status, raw, body));
      else if (this.request.keepEncoding === true) {
        checkEncoding(this.request, encoding);
        this.resolve(new RawResponse(status, raw, body, encoding));
      } else this.resolve(new RawResponse(status, raw, decodeStream(this.request, body, encoding)));
      this.#body = body;
    } catch (error) {
      this.cancel(connectionError(this.request, error, true));
    }
    return true;
  }

  override onData(chunk: Buffer): boolean {
    if (this.#body === undefined) return super.onData(chunk);
    this.size += chunk.length;
    if (!this.paused) this.paused = this.#body.push(chunk) >= highWaterMark;
    else this.#body.push(chunk);
    return !this.paused;
  }

  override onError(error: unknown): void {
    if (this.#body === undefined) super.onError(error);
    else this.fail(connectionError(this.request, error, true));
  }

  protected override finish(): void {
    if (this.#body === undefined) super.finish();
    else if (this.end()) this.#body.close();
  }

  protected override fail(error: Error): void {
    if (this.#body === undefined) super.fail(error);
    else if (this.end()) this.#body.close(error);
  }
}

type Result = IteratorResult<Uint8Array, undefined>;

/** A queue between the connection and one reader. */
class Body implements AsyncIterableIterator<Uint8Array, undefined> {
  readonly #drained: () => void;
  readonly #stop: () => void;
  readonly #chunks: Uint8Array[] = [];
  readonly #readers: { resolve(result: Result): void; reject(error: Error): void }[] = [];
  #size = 0;
  #closed = false;
  #error: Error | undefined;

  constructor(drained: () => void, stop: () => void) {
    this.#drained = drained;
    this.#stop = stop;
  }

  /** Adds a chunk and returns the number of unread bytes. */
  push(chunk: Uint8Array): number {
    const reader = this.#readers.shift();
    if (reader !== undefined) {
      reader.resolve({ done: false, value: chunk });
    } else if (!this.#closed) {
      this.#chunks.push(chunk);
      this.#size += chunk.length;
    }
    return this.#size;
  }

  close(error?: Error): void {
    this.#closed = true;
    // The error is reported once: to the waiting readers, or to the next one.
    if (this.#readers.length === 0) this.#error = error;
    for (const reader of this.#readers.splice(0)) {
      if (error === undefined) reader.resolve({ done: true, value: undefined });
      else reader.reject(error);
    }
  }

  next(): Promise<Result> {
    const chunk = this.#chunks.shift();
    if (chunk !== undefined) {
      const before = this.#size;
      this.#size -= chunk.length;
      if (before >= highWaterMark / 2 && this.#size < highWaterMark / 2) this.#drained();
      return Promise.resolve({ done: false, value: chunk });
    }
    const error = this.#error;
    this.#error = undefined;
    if (error !== undefined) return Promise.reject(error);
    if (this.#closed) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve, reject) => this.#readers.push({ resolve, reject }));
  }

  return(): Promise<Result> {
    this.#chunks.length = 0;
    this.#stop();
    this.#error = undefined;
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
