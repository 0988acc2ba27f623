/**
 * One request and its answer over an undici dispatcher.
 *
 * An exchange is the dispatcher's handler itself, without a stream in between, and reads headers only when they are
 * asked for: on small answers both together save a third of the CPU time. Its methods are those of undici 7's plain
 * handler interface; `ModernHandler` adapts it to other versions.
 */
import type { AbortSignal } from "../platform-types.js";
import { onAbort } from "./abort-listeners.js";
import { type Deadline, type Timed, lateResponse, startDeadline, stopDeadline } from "./deadlines.js";
import { codingsOf } from "./codings.js";
import { decodeBytes, isTooLarge } from "./decode.js";
import { abortError, connectionError, errorBodyLimit, timeoutError } from "./failure.js";
import { Answer, type RawHeaders, rawValue } from "./raw-headers.js";
import { streamReset } from "./http2-failure.js";
import { encodedLimit, responseTooLarge, sizeLimit } from "./size-limit.js";
import type { HttpRequest, HttpResponse } from "./transport.js";

/** Collects the whole answer. Fields are not #private: making those is what a small exchange would spend most on. */
export class Exchange implements Timed {
  readonly request: HttpRequest;
  protected readonly resolve: (response: HttpResponse) => void;
  protected readonly reject: (error: Error) => void;
  /** Nothing more happens: the answer or the error was given. */
  done = false;
  protected status = 0;
  protected raw: RawHeaders = [];
  /** The connection waits until `resume` is called. */
  protected paused = false;
  protected resume: (() => void) | undefined = undefined;
  private abort: ((reason: Error) => void) | undefined = undefined;
  private connected = false;
  private deadline: Deadline = undefined;
  private stopListening: (() => void) | undefined = undefined;
  private first: Buffer | undefined = undefined;
  private more: Buffer[] | undefined = undefined;
  protected size = 0;
  /** The most bytes of the body. */
  private limit = 0;
  private isDecoding = false;
  private isUnframed = false;
  private isUnreadable = false;
  /** What the body is encoded with. */
  private codings: readonly string[] | undefined = undefined;

  constructor(request: HttpRequest, resolve: (response: HttpResponse) => void, reject: (error: Error) => void) {
    this.request = request;
    this.resolve = resolve;
    this.reject = reject;
    const { signal, timeout } = request;
    if (signal !== undefined) {
      if (signal.aborted) {
        // Not fail(), which a subclass may answer with fields that it does not have yet.
        this.done = true;
        reject(abortError(request));
        return;
      }
      this.stopListening = onAbort(signal, () => this.cancel(abortError(request)));
    }
    this.deadline = startDeadline(this, timeout);
  }

  /** Ends the exchange from our side. */
  cancel(error: Error): void {
    if (this.done) return;
    this.fail(error);
    this.abort?.(error);
  }

  onExpired(): void {
    this.cancel(timeoutError(this.request));
  }

  /** A piece of the request's body was taken: the connection is alive. */
  onProgress(): void {
    if (this.deadline === undefined) return;
    this.stopTimer();
    const { deadline = Number.POSITIVE_INFINITY, timeout } = this.request;
    this.deadline = startDeadline(this, Math.max(1, Math.min(timeout, deadline - performance.now())));
  }

  /** A request that waits for its connection can be given up by this. */
  onStart(abort: (reason: Error) => void): void {
    this.abort = abort;
  }

  /** From now on the request may reach the server. */
  onConnect(abort: (reason: Error) => void): void {
    this.abort = abort;
    this.connected = true;
    if (this.done) abort(new Error("the request was given up before it was sent"));
  }

  /** `false`: wait for `resume`. */
  onHeaders(status: number, raw: RawHeaders, resume: () => void, statusText?: string): boolean {
    // 1xx announce the answer, they are not it.
    if (status < 200) return true;
    this.status = status;
    this.raw = raw;
    this.resume = resume;
    // HTTP/2 has no status text; undici takes its streams that are cancelled within the body for complete ones.
    this.isUnframed = statusText === "" && this.request.method !== "HEAD";
    this.limit = status >= 300 ? errorBodyLimit : sizeLimit(this.request);
    const encoding = rawValue(raw, "content-encoding");
    if (encoding !== undefined) this.onEncoding(encoding);
    const { readSignal } = this.request;
    if (readSignal !== undefined) this.stopReadingOn(readSignal);
    return true;
  }

  private onEncoding(encoding: string): void {
    try {
      this.codings = codingsOf(this.request, encoding);
    } catch (error) {
      // An error whose body cannot be read is still that error.
      if (this.status < 300) this.cancel(connectionError(this.request, error, true));
      else this.isUnreadable = true;
    }
  }

  private stopReadingOn(signal: AbortSignal): void {
    if (signal.aborted) {
      this.stopTimer();
      this.deadline = startDeadline(this, lateResponse);
    }
    const { stopListening } = this;
    const stopReading = onAbort(signal, () => this.cancel(abortError(this.request)));
    this.stopListening = () => {
      stopListening?.();
      stopReading();
    };
  }

  /** `false`: wait for `resume`. */
  onData(chunk: Buffer): boolean {
    if (this.done) return true;
    this.size += chunk.length;
    if (this.first === undefined) this.first = chunk;
    else (this.more ??= [this.first]).push(chunk);
    if (this.size > this.limit) this.onTooLarge();
    return true;
  }

  private onTooLarge(): void {
    if (this.status >= 300) {
      this.finish();
      this.abort?.(new Error("the error's body is too long"));
    } else if (this.codings === undefined || this.size > encodedLimit(this.limit)) {
      this.cancel(responseTooLarge(this.request));
    }
  }

  onComplete(): void {
    if (this.isUnframed && this.isCut()) this.onError(streamReset());
    else this.finish();
  }

  private isCut(): boolean {
    const length = rawValue(this.raw, "content-length");
    return length !== undefined && this.size < Number(length);
  }

  onError(error: unknown): void {
    // A status that says what went wrong is worth more than the news that its body broke off.
    if (this.status >= 400 && !this.done) this.finish();
    else this.fail(connectionError(this.request, error, this.connected, this.status > 0));
  }

  protected stopTimer(): void {
    stopDeadline(this.deadline);
    this.deadline = undefined;
  }

  /** Marks the end and lets go of timer and signal. `false`: it had ended before. */
  protected end(): boolean {
    if (this.done) return false;
    this.done = true;
    this.stopTimer();
    this.stopListening?.();
    return true;
  }

  protected fail(error: Error): void {
    if (this.end()) this.reject(error);
  }

  protected finish(): void {
    if (this.done || this.isDecoding) return;
    try {
      const bytes = this.isUnreadable ? undefined : this.more === undefined ? this.first : Buffer.concat(this.more);
      if (this.codings === undefined || bytes === undefined || bytes.length === 0) return this.give(bytes);
      const decoded = decodeBytes(bytes, this.codings, this.limit);
      if (decoded instanceof Uint8Array) return this.give(decoded);
      // Timeout and signal still end the exchange.
      this.isDecoding = true;
      decoded.then((result) => this.give(result)).catch((error: unknown) => this.giveUp(error));
    } catch (error) {
      this.giveUp(error);
    }
  }

  private give(bytes: Uint8Array | undefined): void {
    // Of a body that is not encoded it is known.
    if (bytes !== undefined && bytes.length > this.limit && this.status < 300) throw responseTooLarge(this.request);
    const answer = new Answer(this.status, this.raw, bytes === undefined ? "" : textOf(bytes));
    if (this.end()) this.resolve(answer);
  }

  private giveUp(error: unknown): void {
    if (this.status >= 300) this.give(undefined);
    else if (isTooLarge(error)) this.fail(responseTooLarge(this.request));
    else this.fail(connectionError(this.request, error, true));
  }
}

/** UTF-8, with the quick way for Node's own buffers. */
function textOf(bytes: Uint8Array): string {
  return Buffer.isBuffer(bytes) ? bytes.toString() : new TextDecoder().decode(bytes);
}
