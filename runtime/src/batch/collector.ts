/**
 * The transport for the calls of one `send()`. Their requests wait here.
 *
 * Every call runs through the ordinary pipeline, which authorizes, retries and decodes it. After `send()`, the requests
 * are sent together as soon as every unsettled call waits here. So retries are sent together too, and this module need
 * not know about them.
 */
import { ownCopy } from "../call/call-site.js";
import type { Core } from "../call/core.js";
import { DiscogenError, invalidRequest } from "../errors.js";
import type { AbortSignal } from "../platform-types.js";
import { onAbort } from "../transport/abort-listeners.js";
import { type Deadline, type Timed, startDeadline, stopDeadline } from "../transport/deadlines.js";
import { abortError, subjectOf, timeoutError } from "../transport/failure.js";
import type { HttpRequest, HttpResponse, Transport } from "../transport/transport.js";

/** Options of `run`. */
interface RunOptions {
  readonly signal?: AbortSignal | undefined;
  /** The maximum number of calls in one request. */
  readonly size: number;
}

/** Collects the calls made until `run`. */
export class Collector implements Transport {
  /** The core of the calls: the client's core with this transport. */
  readonly core: Core;
  readonly #network: Core;
  readonly #path: string;
  readonly #ended: AbortController = new AbortController();
  readonly #calls: Promise<unknown>[] = [];
  readonly #waiting: Set<Part> = new Set();
  /** The number of calls that are not settled. */
  #open = 0;
  /** The maximum number of calls in one request; `undefined` until the batch is sent. */
  #size: number | undefined;

  /** @param path The path of batch requests. */
  constructor(core: Core, path: string) {
    this.#network = core;
    this.#path = path;
    this.core = { ...core, batch: undefined, transport: this, signal: this.#ended.signal };
  }

  /** Adds the promise of a call that uses this core. */
  add(call: Promise<unknown>): void {
    this.#calls.push(call);
    this.#open++;
    const onSettled = (): void => {
      this.#open--;
      this.#advance();
    };
    // Also handles rejections: a caller that reads the outcomes need not catch the error of every call.
    call.then(onSettled, onSettled);
  }

  /** Resolves to the outcomes of all calls. */
  async run({ signal, size }: RunOptions): Promise<PromiseSettledResult<unknown>[]> {
    const end = (): void => this.#ended.abort(signal?.reason);
    if (signal?.aborted === true) end();
    const stopListening = signal === undefined ? undefined : onAbort(signal, end);
    this.#size = size;
    this.#advance();
    const outcomes = await Promise.allSettled(this.#calls);
    stopListening?.();
    return outcomes;
  }

  /** Resolves to the part of the response for this request. */
  send(request: HttpRequest): Promise<HttpResponse> {
    const message = reasonAgainst(request);
    if (message !== undefined) return Promise.reject(invalidRequest(subjectOf(request), "batch", message));
    if (request.signal?.aborted === true) return Promise.reject(abortError(request));
    return new Promise((resolve, reject) => {
      const part: Part = new Part(request, resolve, reject, () => this.#waiting.delete(part));
      this.#waiting.add(part);
      this.#advance();
    });
  }

  #advance(): void {
    if (this.#size === undefined || this.#waiting.size < this.#open) return;
    const parts = [...this.#waiting].filter((part) => part.isInTime());
    this.#waiting.clear();
    for (let start = 0; start < parts.length; start += this.#size)
      void this.#post(parts.slice(start, start + this.#size));
  }

  /** Sends these as one request. Never rejects: an error is the outcome of each. */
  async #post(parts: readonly Part[]): Promise<void> {
    const abandoned = new AbortController();
    let left = parts.length;
    const onEnd = (): void => {
      left--;
      if (left === 0) abandoned.abort();
    };
    for (const part of parts) part.start(onEnd);
    try {
      const { post } = await import("./post.js");
      await post(this.#network, this.#path, parts, abandoned.signal);
    } catch (error) {
      for (const part of parts) part.fail(error instanceof DiscogenError ? ownCopy(error) : error);
    }
  }
}

/** Returns why a request cannot be part of a batch. */
function reasonAgainst({ body, headers, keepEncoding, path, stream }: HttpRequest): string | undefined {
  if (stream === true && keepEncoding !== true)
    return "does not support methods that stream: make this call without the batch";
  if (stream === true || (body !== undefined && typeof body !== "string") || /[?&]uploadType=/.test(path))
    return "does not support media: make this call without the batch";
  // A connection rejects line breaks in headers. In a part of a batch they would start another field.
  const broken = Object.entries(headers).find(([, value]) => /[\r\n\0]/.test(value));
  return broken === undefined ? undefined : `does not support line breaks in headers: ${broken[0]} has one`;
}

/** A request that waits for its part of the response, within its own timeouts. */
class Part implements Timed {
  readonly request: HttpRequest;
  readonly #resolve: (response: HttpResponse) => void;
  readonly #reject: (error: unknown) => void;
  readonly #stopListening: (() => void) | undefined;
  #onEnd: () => void;
  #deadline: Deadline = undefined;
  #done = false;

  constructor(
    request: HttpRequest,
    resolve: (response: HttpResponse) => void,
    reject: (error: unknown) => void,
    onEnd: () => void,
  ) {
    this.request = request;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#onEnd = onEnd;
    const { signal } = request;
    if (signal !== undefined) this.#stopListening = onAbort(signal, () => this.fail(abortError(request)));
  }

  /** Returns `false` if the deadline of the call has passed, and then ends the request. */
  isInTime(): boolean {
    if (this.#remaining() > 0) return true;
    this.onExpired();
    return false;
  }

  /** Called when the request is sent. Starts the timeout of the attempt. */
  start(onEnd: () => void): void {
    this.#onEnd = onEnd;
    this.#deadline = startDeadline(this, Math.min(this.request.timeout, this.#remaining()));
  }

  #remaining(): number {
    return (this.request.deadline ?? Infinity) - performance.now();
  }

  onExpired(): void {
    this.fail(timeoutError(this.request));
  }

  succeed(response: HttpResponse): void {
    if (this.#end()) this.#resolve(response);
  }

  fail(error: unknown): void {
    if (this.#end()) this.#reject(error);
  }

  #end(): boolean {
    if (this.#done) return false;
    this.#done = true;
    this.#stopListening?.();
    stopDeadline(this.#deadline);
    this.#onEnd();
    return true;
  }
}
