/**
 * One request and its answer over an undici dispatcher.
 *
 * An exchange is the dispatcher's handler itself, without a stream in between, and reads headers only when they are
 * asked for: on small answers both together save a third of the CPU time. Its methods are those of undici 7's plain
 * handler interface; `ModernHandler` adapts it to other versions.
 */
import type { AbortSignal } from "../platform.js";
import { onAbort } from "./abort-listeners.js";
import { type Deadline, type Timed, lateResponse, startDeadline, stopDeadline } from "./deadlines.js";
import { decodeBytes } from "./decode.js";
import { abortError, connectionError, errorBodyLimit, timeoutError } from "./failure.js";
import { type RawHeaders, rawValue, readHeaders } from "./raw-headers.js";
import type { HttpHeaders, HttpRequest, HttpResponse } from "./transport.js";

/** An answer whose headers are read when they are asked for. */
export class Answer implements HttpResponse {
  readonly status: number;
  readonly body: HttpResponse["body"];
  readonly encoding: string | undefined;
  private readonly raw: RawHeaders;

  constructor(status: number, raw: RawHeaders, body: HttpResponse["body"], encoding?: string) {
    this.status = status;
    this.raw = raw;
    this.body = body;
    this.encoding = encoding;
  }

  get headers(): HttpHeaders {
    return readHeaders(this.raw);
  }
}

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
  private size = 0;

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
  onHeaders(status: number, raw: RawHeaders, resume: () => void): boolean {
    // 1xx announce the answer, they are not it.
    if (status < 200) return true;
    this.status = status;
    this.raw = raw;
    this.resume = resume;
    const { readSignal } = this.request;
    if (readSignal !== undefined) this.stopReadingOn(readSignal);
    return true;
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
    if (this.status >= 300 && this.size > errorBodyLimit) {
      this.finish();
      this.abort?.(new Error("the error's body is too long"));
    }
    return true;
  }

  onComplete(): void {
    this.finish();
  }

  onError(error: unknown): void {
    // A status that says what went wrong is worth more than the news that its body broke off.
    if (this.status >= 400 && !this.done) this.finish();
    else this.fail(connectionError(this.request, error, this.connected));
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
    if (!this.end()) return;
    try {
      const bytes = this.more === undefined ? this.first : Buffer.concat(this.more);
      const encoding = rawValue(this.raw, "content-encoding");
      if (encoding === undefined || bytes === undefined || bytes.length === 0) return this.give(bytes);
      const decoded = decodeBytes(bytes, encoding, this.status >= 300 ? errorBodyLimit : undefined);
      if (decoded instanceof Uint8Array) this.give(decoded);
      else decoded.then((result) => this.give(result)).catch((error: unknown) => this.giveUp(error));
    } catch (error) {
      this.giveUp(error);
    }
  }

  private give(bytes: Uint8Array | undefined): void {
    this.resolve(new Answer(this.status, this.raw, bytes === undefined ? "" : textOf(bytes)));
  }

  private giveUp(error: unknown): void {
    if (this.status >= 300) this.give(undefined);
    else this.reject(connectionError(this.request, error, true));
  }
}

/** UTF-8, with the quick way for Node's own buffers. */
function textOf(bytes: Uint8Array): string {
  return Buffer.isBuffer(bytes) ? bytes.toString() : new TextDecoder().decode(bytes);
}
