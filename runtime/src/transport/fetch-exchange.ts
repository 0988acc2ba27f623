/** One request and its answer over `fetch`. Loaded with the first request. */
import { DiscogenError, InvalidRequestError } from "../errors.js";
import type { AbortSignal } from "../platform-types.js";
import { codeOf } from "../redact.js";
import { onAbort } from "./abort-listeners.js";
import { codingsOf } from "./codings.js";
import { lateResponse, longestTimer } from "./deadlines.js";
import { abortError, connectionError, errorBodyLimit, subjectOf, timeoutError } from "./failure.js";
import { type FetchContent, isUploadStep, iteratedContent, plainContent } from "./fetch-body.js";
import { isBrowser } from "../platform/fetch-platform.js";
import { responseTooLarge, sizeLimit } from "./size-limit.js";
import { type HttpHeaders, type HttpRequest, type HttpResponse, header } from "./transport.js";

/** What is used of `fetch`: that of the platform fits, and so does undici's. */
export type Fetch = (url: string, init: object) => Promise<FetchResponse>;

/** What is used of a `Response`. */
export interface FetchResponse {
  readonly status: number;
  readonly headers: { forEach(callback: (value: string, name: string) => void): void };
  readonly body: { getReader(): FetchReader } | null;
}

/** What is used of the reader of a body. */
export interface FetchReader {
  read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>;
}

/** Those that `fetch` decodes. */
const known = /^(?:br|deflate|gzip|zstd)$/;

/** What a reader gets at the end. */
const nothing: IteratorReturnResult<undefined> = { done: true, value: undefined };

export class FetchExchange {
  readonly #request: HttpRequest;
  readonly #controller = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stopListening: (() => void) | undefined;
  /** Why the exchange was ended from our side. */
  #end: Error | undefined;
  #interrupt: ((error: Error) => void) | undefined;
  #hasHead = false;
  /** A body that is sent as it comes. */
  #pieces: AsyncIterator<Uint8Array> | undefined;

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
    const onPiece = (): void => {
      // The connection is alive.
      if (isSending && this.#end === undefined) this.#startSendTimer();
    };
    try {
      const content = await this.#content(onPiece);
      const init = { method, redirect: "manual", signal: this.#controller.signal, ...content };
      const answer = await this.#within(fetch(origin + path, init));
      isSending = false;
      this.#hasHead = true;
      if (readSignal !== undefined) this.#stopReadingOn(readSignal);
      const head = this.#head(answer);
      const isGood = head.status >= 200 && head.status < 300;
      if (isGood) checkCodings(this.#request, head.headers);
      if (isGood && stream === true) return { ...head, body: this.#streamed(answer) };
      const text = await this.#collected(answer);
      this.#stopListening?.();
      return { ...head, body: text };
    } catch (error) {
      throw this.#failure(error);
    } finally {
      this.#stopTimer();
    }
  }

  #stopReadingOn(signal: AbortSignal): void {
    if (signal.aborted) this.#startTimer(lateResponse);
    const stopListening = this.#stopListening;
    const stopReading = onAbort(signal, () => this.#cancel(abortError(this.#request)));
    this.#stopListening = () => {
      stopListening?.();
      stopReading();
    };
  }

  #content(onPiece: () => void): FetchContent | Promise<FetchContent> {
    const request = this.#request;
    const { body } = request;
    if (body === undefined || typeof body === "string" || body instanceof Uint8Array)
      return plainContent(request, body);
    this.#pieces = body[Symbol.asyncIterator]();
    return this.#within(iteratedContent(request, body, this.#pieces, onPiece));
  }

  #head(answer: FetchResponse): Pick<HttpResponse, "headers" | "status"> {
    const { status } = answer;
    if (status === 0) throw hiddenRedirect(this.#request);
    const headers = headersOf(answer);
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
        const { value } = reader === undefined ? nothing : await this.#within(reader.read());
        if (value === undefined) break;
        size += value.length;
        if (size > limit && status < 300) throw responseTooLarge(this.#request);
        text += decoder.decode(value, { stream: true });
        if (size <= limit) continue;
        this.#controller.abort();
        break;
      }
    } catch (error) {
      // A status that says what went wrong is worth more than the news that its body broke off.
      if (status < 300 || this.#end !== undefined) throw error;
    }
    return text + decoder.decode();
  }

  /** A generator would not do: it cannot be ended while it waits, or before it was begun. */
  #streamed({ body }: FetchResponse): AsyncIterableIterator<Uint8Array, undefined> {
    const reader = body?.getReader();
    let isOver = false;
    const pieces: AsyncIterableIterator<Uint8Array, undefined> = {
      next: async () => {
        if (isOver) return nothing;
        this.#startTimer();
        try {
          const { value } = reader === undefined ? nothing : await this.#within(reader.read());
          if (value !== undefined) return { done: false, value };
          isOver = true;
          this.#stopListening?.();
        } catch (error) {
          // The reader has left meanwhile.
          if (isOver) return nothing;
          isOver = true;
          throw this.#failure(error);
        } finally {
          this.#stopTimer();
        }
        return nothing;
      },
      return: () => {
        isOver = true;
        this.#leave();
        return Promise.resolve(nothing);
      },
      [Symbol.asyncIterator]: () => pieces,
    };
    return pieces;
  }

  /** Waits no longer than limit and signal allow, whether `fetch` minds its signal or not. */
  #within<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#end !== undefined) reject(this.#end);
      this.#interrupt = reject;
      promise.then(resolve, reject);
    });
  }

  #cancel(error: Error): void {
    this.#end ??= error;
    this.#interrupt?.(this.#end);
    this.#controller.abort(this.#end);
  }

  #startTimer(limit: number = this.#request.timeout): void {
    this.#stopTimer();
    if (limit > longestTimer) return;
    this.#timer = setTimeout(() => this.#cancel(timeoutError(this.#request)), limit);
  }

  /** Until the answer is there the deadline holds as well; of a streamed body whoever reads it minds that. */
  #startSendTimer(): void {
    const { deadline = Number.POSITIVE_INFINITY, timeout } = this.#request;
    this.#startTimer(Math.max(1, Math.min(timeout, deadline - performance.now())));
  }

  #stopTimer(): void {
    clearTimeout(this.#timer);
  }

  /** Lets go of signal, connection and body. */
  #leave(): void {
    this.#stopListening?.();
    this.#controller.abort();
    // Node's forgets a body that it holds back. How it ends changes nothing any more.
    this.#pieces?.return?.().catch(() => undefined);
  }

  /** Ends the exchange, and says why it failed. */
  #failure(error: unknown): Error {
    this.#leave();
    if (this.#end !== undefined) return this.#end;
    // Node's says "fetch failed", and why in the cause.
    const cause = error instanceof TypeError && error.cause instanceof Error ? error.cause : error;
    return connectionError(this.#request, isBrowser() ? named(cause) : cause, true, this.#hasHead);
  }
}

/** Browsers reject with a `TypeError` for each failure of the network, and say nothing else (Fetch standard §5.6). */
function named(error: unknown): unknown {
  if (!(error instanceof TypeError) || codeOf(error) !== undefined) return error;
  return Object.assign(new Error(error.message, { cause: error }), { code: "ECONNRESET" });
}

/** Browsers show of a redirect only that there is one. */
function hiddenRedirect(request: HttpRequest): DiscogenError {
  const advice = isUploadStep(request)
    ? "The server of the upload must know X-GUploader-No-308"
    : "Check rootUrl: redirects are not followed";
  const message = `${subjectOf(request)}: the server redirects, and fetch does not show where to. ${advice}`;
  return new DiscogenError("INVALID_RESPONSE", message);
}

/** A field that comes twice, which only cookies do, becomes a list. */
function headersOf({ headers }: FetchResponse): HttpHeaders {
  const fields = new Map<string, string | string[]>();
  headers.forEach((value, name) => {
    const known = fields.get(name);
    fields.set(name, known === undefined ? value : [known, value].flat());
  });
  return Object.fromEntries(fields);
}

/** Throws on what the request does not accept, and on what `fetch` cannot decode, which it passes on. */
function checkCodings(request: HttpRequest, headers: HttpHeaders): void {
  const encoding = headers["content-encoding"];
  if (encoding === undefined) return;
  // Browsers accept what they like, whatever a request says.
  const accepted = isBrowser() ? {} : request.headers;
  const unknown = codingsOf({ ...request, headers: accepted }, String(encoding)).find((coding) => !known.test(coding));
  if (unknown !== undefined) throw new Error(`the body has the unknown content-encoding ${JSON.stringify(unknown)}`);
}
