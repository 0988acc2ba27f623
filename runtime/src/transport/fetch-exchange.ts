/** One request and its response over `fetch`. Loaded with the first request. */
import { DiscogenError, InvalidRequestError } from "../errors.js";
import type { AbortSignal } from "../platform-types.js";
import { isBrowser } from "../platform/fetch-platform.js";
import { codeOf } from "../redact.js";
import { onAbort } from "./abort-listeners.js";
import { codingsOf } from "./codings.js";
import { lateResponseTimeout, longestTimer } from "./deadlines.js";
import { abortError, connectionError, errorBodyLimit, subjectOf, timeoutError } from "./failure.js";
import { type FetchContent, isUploadStep, iteratedContent, plainContent } from "./fetch-body.js";
import type { Fetch, FetchResponse } from "./fetch-types.js";
import { responseTooLarge, sizeLimit } from "./size-limit.js";
import { type HttpHeaders, type HttpRequest, type HttpResponse, header } from "./transport.js";

/** The content codings that `fetch` decodes. */
const knownCoding = /^(?:br|deflate|gzip|zstd)$/;

const end: IteratorReturnResult<undefined> = { done: true, value: undefined };

export class FetchExchange {
  readonly #request: HttpRequest;
  readonly #controller = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stopListening: (() => void) | undefined;
  /** The abort or timeout that ended the exchange. */
  #cancellation: Error | undefined;
  #interrupt: ((error: Error) => void) | undefined;
  #hasHead = false;
  /** The chunks of an iterable request body. */
  #chunks: AsyncIterator<Uint8Array> | undefined;

  constructor(request: HttpRequest) {
    this.#request = request;
  }

  async send(fetch: Fetch): Promise<HttpResponse> {
    const { body, method, origin, path, readSignal, signal, stream } = this.#request;
    if (body !== undefined && (method === "GET" || method === "HEAD")) {
      const message = `cannot be sent with ${method} by fetch: use undiciTransport()`;
      throw new InvalidRequestError(subjectOf(this.#request), [{ parameter: "requestBody", message }]);
    }
    if (signal?.aborted === true) throw abortError(this.#request);
    if (signal !== undefined) this.#stopListening = onAbort(signal, () => this.#cancel(abortError(this.#request)));
    this.#startSendTimer();
    let isSending = true;
    const onChunk = (): void => {
      // The connection works, so the timeout starts again.
      if (isSending && this.#cancellation === undefined) this.#startSendTimer();
    };
    try {
      const content = await this.#content(onChunk);
      const init = { method, redirect: "manual", signal: this.#controller.signal, ...content };
      const response = await this.#interruptible(fetch(origin + path, init));
      isSending = false;
      this.#hasHead = true;
      if (readSignal !== undefined) this.#stopReadingOn(readSignal);
      const head = this.#head(response);
      const isOk = head.status >= 200 && head.status < 300;
      if (isOk) checkCodings(this.#request, head.headers);
      if (isOk && stream === true) return { ...head, body: this.#streamed(response) };
      const text = await this.#collected(response);
      this.#stopListening?.();
      return { ...head, body: text };
    } catch (error) {
      throw this.#failure(error);
    } finally {
      this.#stopTimer();
    }
  }

  #stopReadingOn(signal: AbortSignal): void {
    if (signal.aborted) this.#startTimer(lateResponseTimeout);
    const stopListening = this.#stopListening;
    const stopReading = onAbort(signal, () => this.#cancel(abortError(this.#request)));
    this.#stopListening = () => {
      stopListening?.();
      stopReading();
    };
  }

  #content(onChunk: () => void): FetchContent | Promise<FetchContent> {
    const request = this.#request;
    const { body } = request;
    if (body === undefined || typeof body === "string" || body instanceof Uint8Array)
      return plainContent(request, body);
    this.#chunks = body[Symbol.asyncIterator]();
    return this.#interruptible(iteratedContent(request, body, this.#chunks, onChunk));
  }

  #head(response: FetchResponse): Pick<HttpResponse, "headers" | "status"> {
    const { status } = response;
    if (status === 0) throw hiddenRedirect(this.#request);
    const headers = headersOf(response);
    const isUnfinished =
      status === 200 && isUploadStep(this.#request) && header(headers, "x-http-status-code-override") === "308";
    return { status: isUnfinished ? 308 : status, headers };
  }

  async #collected({ body, status }: FetchResponse): Promise<string> {
    const reader = body?.getReader();
    const decoder = new TextDecoder();
    let text = "";
    let size = 0;
    const limit = status < 300 ? sizeLimit(this.#request) : errorBodyLimit;
    try {
      for (;;) {
        const { value } = reader === undefined ? end : await this.#interruptible(reader.read());
        if (value === undefined) break;
        size += value.length;
        if (size > limit && status < 300) throw responseTooLarge(this.#request);
        text += decoder.decode(value, { stream: true });
        if (size <= limit) continue;
        this.#controller.abort();
        break;
      }
    } catch (error) {
      // The status of an error response is more useful than the error that interrupted its body.
      if (status < 300 || this.#cancellation !== undefined) throw error;
    }
    return text + decoder.decode();
  }

  /** Not a generator, which cannot be ended while it waits or before it starts. */
  #streamed({ body }: FetchResponse): AsyncIterableIterator<Uint8Array, undefined> {
    const reader = body?.getReader();
    let isDone = false;
    const chunks: AsyncIterableIterator<Uint8Array, undefined> = {
      next: async () => {
        if (isDone) return end;
        this.#startTimer();
        try {
          const { value } = reader === undefined ? end : await this.#interruptible(reader.read());
          if (value !== undefined) return { done: false, value };
          isDone = true;
          this.#stopListening?.();
        } catch (error) {
          // `return` was called while this waited.
          if (isDone) return end;
          isDone = true;
          throw this.#failure(error);
        } finally {
          this.#stopTimer();
        }
        return end;
      },
      return: () => {
        isDone = true;
        this.#release();
        return Promise.resolve(end);
      },
      [Symbol.asyncIterator]: () => chunks,
    };
    return chunks;
  }

  /** Rejects on timeout and abort, even if `fetch` ignores its signal. */
  #interruptible<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#cancellation !== undefined) reject(this.#cancellation);
      this.#interrupt = reject;
      promise.then(resolve, reject);
    });
  }

  #cancel(error: Error): void {
    this.#cancellation ??= error;
    this.#interrupt?.(this.#cancellation);
    this.#controller.abort(this.#cancellation);
  }

  #startTimer(timeout: number = this.#request.timeout): void {
    this.#stopTimer();
    if (timeout > longestTimer) return;
    this.#timer = setTimeout(() => this.#cancel(timeoutError(this.#request)), timeout);
  }

  /** Limits the time until the response by the deadline too. The reader of a streamed body checks it after that. */
  #startSendTimer(): void {
    const { deadline = Infinity, timeout } = this.#request;
    this.#startTimer(Math.max(1, Math.min(timeout, deadline - performance.now())));
  }

  #stopTimer(): void {
    clearTimeout(this.#timer);
  }

  /** Stops listening to the signal and closes connection and request body. */
  #release(): void {
    this.#stopListening?.();
    this.#controller.abort();
    // Node's fetch does not close a body that it has paused. Errors on closing do not matter here.
    this.#chunks?.return?.().catch(() => undefined);
  }

  /** Ends the exchange and returns the error for its caller. */
  #failure(error: unknown): Error {
    this.#release();
    if (this.#cancellation !== undefined) return this.#cancellation;
    // The message of Node's error is "fetch failed". The reason is in its cause.
    const cause = error instanceof TypeError && error.cause instanceof Error ? error.cause : error;
    return connectionError(this.#request, isBrowser() ? named(cause) : cause, true, this.#hasHead);
  }
}

/** Adds a code: browsers reject with a `TypeError` for all network errors and give no reason (Fetch standard §5.6). */
function named(error: unknown): unknown {
  if (!(error instanceof TypeError) || codeOf(error) !== undefined) return error;
  return Object.assign(new Error(error.message, { cause: error }), { code: "ECONNRESET" });
}

/** The error for a redirect, whose target browsers hide. */
function hiddenRedirect(request: HttpRequest): DiscogenError {
  const advice = isUploadStep(request)
    ? "The upload server must support X-GUploader-No-308"
    : "Check rootUrl: redirects are not followed";
  const message = `${subjectOf(request)}: the server redirects, and fetch does not show the target. ${advice}`;
  return new DiscogenError("INVALID_RESPONSE", message);
}

/** Returns the header fields. A repeated field, which only cookies are, becomes an array. */
function headersOf({ headers }: FetchResponse): HttpHeaders {
  const fields = new Map<string, string | string[]>();
  headers.forEach((value, name) => {
    const known = fields.get(name);
    fields.set(name, known === undefined ? value : [known, value].flat());
  });
  return Object.fromEntries(fields);
}

/** Throws for a coding that the request does not accept, or that `fetch` does not decode. */
function checkCodings(request: HttpRequest, headers: HttpHeaders): void {
  const encoding = headers["content-encoding"];
  if (encoding === undefined) return;
  // Browsers set accept-encoding themselves.
  const headersSent = isBrowser() ? {} : request.headers;
  const codings = codingsOf({ ...request, headers: headersSent }, String(encoding));
  const unknown = codings.find((coding) => !knownCoding.test(coding));
  if (unknown !== undefined) throw new Error(`the body has the unknown content-encoding ${JSON.stringify(unknown)}`);
}
