/**
 * The transport of the calls of one `send()`: their requests wait here.
 *
 * Every call runs through the ordinary attempt loop, which signs, judges, repeats and parses it. Once the batch is
 * sent, its requests leave together whenever every call that is not settled waits here: so those that are repeated come
 * together again in a second request, without a word about retries in this room.
 */
import { ownCopy } from "../call/call-site.js";
import type { Core } from "../call/core.js";
import { DiscogenError, invalidRequest } from "../errors.js";
import type { AbortSignal } from "../platform-types.js";
import { onAbort } from "../transport/abort-listeners.js";
import { type Deadline, type Timed, startDeadline, stopDeadline } from "../transport/deadlines.js";
import { abortError, subjectOf, timeoutError } from "../transport/failure.js";
import type { HttpRequest, HttpResponse, Transport } from "../transport/transport.js";

/** What `run` is told. */
interface Limits {
  readonly signal?: AbortSignal | undefined;
  /** Calls of one request. */
  readonly size: number;
}

/** Collects the calls made until `run`. */
export class Collector implements Transport {
  /** What the calls run on: the client's core, but for where requests go. */
  readonly core: Core;
  readonly #network: Core;
  readonly #path: string;
  readonly #ended: AbortController = new AbortController();
  readonly #calls: Promise<unknown>[] = [];
  readonly #waiting: Set<Part> = new Set();
  /** Calls that are not settled. */
  #open = 0;
  /** Calls of one request, once the batch is sent. */
  #size: number | undefined;

  /** `path`: where batches of this client go. */
  constructor(core: Core, path: string) {
    this.#network = core;
    this.#path = path;
    this.core = { ...core, batch: undefined, transport: this, signal: this.#ended.signal };
  }

  /** Takes the promise of a call that runs on this core. */
  add(call: Promise<unknown>): void {
    this.#calls.push(call);
    this.#open++;
    const onSettled = (): void => {
      this.#open--;
      this.#advance();
    };
    // This handles a rejection as well: whoever looks at the outcomes need not catch every call.
    call.then(onSettled, onSettled);
  }

  /** Resolves to the outcomes of all calls. */
  async run({ signal, size }: Limits): Promise<PromiseSettledResult<unknown>[]> {
    const end = (): void => this.#ended.abort(signal?.reason);
    if (signal?.aborted === true) end();
    const stopListening = signal === undefined ? undefined : onAbort(signal, end);
    this.#size = size;
    this.#advance();
    const outcomes = await Promise.allSettled(this.#calls);
    stopListening?.();
    return outcomes;
  }

  /** Resolves to the part of the answer that is this request's. */
  send(request: HttpRequest): Promise<HttpResponse> {
    const message = unfitness(request);
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

  /** Sends these as one request. Never rejects: whatever goes wrong is the answer of each. */
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

/** Why a request cannot be part of a batch. */
function unfitness({ body, headers, keepEncoding, path, stream }: HttpRequest): string | undefined {
  if (stream === true && keepEncoding !== true)
    return "takes no method that streams: make this call with the client itself";
  if (stream === true || (body !== undefined && typeof body !== "string") || /[?&]uploadType=/.test(path))
    return "takes no media: make this call with the client itself";
  // Elsewhere the connection refuses these; here they would pass for further fields.
  const broken = Object.entries(headers).find(([, value]) => /[\r\n\0]/.test(value));
  return broken === undefined ? undefined : `takes no header with a line break, which ${broken[0]} has`;
}

/** A request that waits for its part of an answer, within its own limits. */
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

  /** `false`: the time of the whole call is over, which ends it. */
  isInTime(): boolean {
    if (this.#remaining() > 0) return true;
    this.onExpired();
    return false;
  }

  /** The request leaves: from now on the time of the attempt counts. */
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
