/**
 * One request and its response over an undici dispatcher.
 *
 * An exchange is itself the dispatcher's handler, without a stream in between, and parses headers only when they are
 * read. For small responses this saves a third of the CPU time. Its methods are the plain handler interface of the
 * undici 7 in this package. `ModernHandler` adapts it to other versions.
 */
import type { AbortSignal } from "../platform-types.js";
import { onAbort } from "./abort-listeners.js";
import { type Deadline, type Timed, lateResponseTimeout, startDeadline, stopDeadline } from "./deadlines.js";
import { codingsOf } from "./codings.js";
import { decodeBytes, isTooLarge } from "./decode.js";
import { abortError, connectionError, errorBodyLimit, timeoutError } from "./failure.js";
import { RawResponse, type RawHeaders, rawValue } from "./raw-headers.js";
import { streamReset } from "./http2-failure.js";
import { encodedLimit, responseTooLarge, sizeLimit } from "./size-limit.js";
import type { HttpRequest, HttpResponse } from "./transport.js";

/** Collects a complete response. Fields are not #private, which would be most of the cost of a small exchange. */
export class Exchange implements Timed {
  readonly request: HttpRequest;
  protected readonly resolve: (response: HttpResponse) => void;
  protected readonly reject: (error: Error) => void;
  /** The promise is settled: nothing more happens. */
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
  /** The maximum size of the body in bytes. */
  private limit = 0;
  private isDecoding = false;
  private isUnframed = false;
  private isUnreadable = false;
  /** The content codings of the body. */
  private codings: readonly string[] | undefined = undefined;

  constructor(request: HttpRequest, resolve: (response: HttpResponse) => void, reject: (error: Error) => void) {
    this.request = request;
    this.resolve = resolve;
    this.reject = reject;
    const { signal, timeout } = request;
    if (signal !== undefined) {
      if (signal.aborted) {
        // Not fail(): a subclass may use fields there that are not initialized yet.
        this.done = true;
        reject(abortError(request));
        return;
      }
      this.stopListening = onAbort(signal, () => this.cancel(abortError(request)));
    }
    this.deadline = startDeadline(this, timeout);
  }

  /** Ends the exchange with an error and aborts the request. */
  cancel(error: Error): void {
    if (this.done) return;
    this.fail(error);
    this.abort?.(error);
  }

  onExpired(): void {
    this.cancel(timeoutError(this.request));
  }

  /** A chunk of the request body was sent, so the timeout starts again. */
  onProgress(): void {
    if (this.deadline === undefined) return;
    this.stopTimer();
    const { deadline = Infinity, timeout } = this.request;
    this.deadline = startDeadline(this, Math.max(1, Math.min(timeout, deadline - performance.now())));
  }

  /** Sets `abort` for a request that still waits for its connection. */
  onStart(abort: (reason: Error) => void): void {
    this.abort = abort;
  }

  /** From now on the request may reach the server. */
  onConnect(abort: (reason: Error) => void): void {
    this.abort = abort;
    this.connected = true;
    if (this.done) abort(new Error("the request was cancelled before it was sent"));
  }

  /** Returns `false` to pause the connection until `resume` is called. */
  onHeaders(status: number, raw: RawHeaders, resume: () => void, statusText?: string): boolean {
    // A 1xx precedes the response.
    if (status < 200) return true;
    this.status = status;
    this.raw = raw;
    this.resume = resume;
    // HTTP/2 has no status text. undici reports its streams as complete if they are reset within the body.
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
      // An error response is still an error if its body cannot be decoded.
      if (this.status < 300) this.cancel(connectionError(this.request, error, true));
      else this.isUnreadable = true;
    }
  }

  private stopReadingOn(signal: AbortSignal): void {
    if (signal.aborted) {
      this.stopTimer();
      this.deadline = startDeadline(this, lateResponseTimeout);
    }
    const { stopListening } = this;
    const stopReading = onAbort(signal, () => this.cancel(abortError(this.request)));
    this.stopListening = () => {
      stopListening?.();
      stopReading();
    };
  }

  /** Returns `false` to pause the connection until `resume` is called. */
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
      this.abort?.(new Error("the body of the error response is too long"));
    } else if (this.codings === undefined || this.size > encodedLimit(this.limit)) {
      this.cancel(responseTooLarge(this.request));
    }
  }

  onComplete(): void {
    if (this.isUnframed && this.isTruncated()) this.onError(streamReset());
    else this.finish();
  }

  private isTruncated(): boolean {
    const length = rawValue(this.raw, "content-length");
    return length !== undefined && this.size < Number(length);
  }

  onError(error: unknown): void {
    // The status of an error response is more useful than the error that interrupted its body.
    if (this.status >= 400 && !this.done) this.finish();
    else this.fail(connectionError(this.request, error, this.connected, this.status > 0));
  }

  protected stopTimer(): void {
    stopDeadline(this.deadline);
    this.deadline = undefined;
  }

  /** Marks the exchange as done and stops its timer and listeners. Returns `false` if it was done already. */
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
      if (this.codings === undefined || bytes === undefined || bytes.length === 0) return this.resolveWith(bytes);
      const decoded = decodeBytes(bytes, this.codings, this.limit);
      if (decoded instanceof Uint8Array) return this.resolveWith(decoded);
      // Timeout and signal can still end the exchange.
      this.isDecoding = true;
      decoded.then((result) => this.resolveWith(result)).catch((error: unknown) => this.failDecoding(error));
    } catch (error) {
      this.failDecoding(error);
    }
  }

  private resolveWith(bytes: Uint8Array | undefined): void {
    // onData has checked the size of bodies that are not encoded.
    if (bytes !== undefined && bytes.length > this.limit && this.status < 300) throw responseTooLarge(this.request);
    const response = new RawResponse(this.status, this.raw, bytes === undefined ? "" : textOf(bytes));
    if (this.end()) this.resolve(response);
  }

  private failDecoding(error: unknown): void {
    if (this.status >= 300) this.resolveWith(undefined);
    else if (isTooLarge(error)) this.fail(responseTooLarge(this.request));
    else this.fail(connectionError(this.request, error, true));
  }
}

/** Decodes UTF-8. Buffers have a faster method. */
function textOf(bytes: Uint8Array): string {
  return Buffer.isBuffer(bytes) ? bytes.toString() : new TextDecoder().decode(bytes);
}
