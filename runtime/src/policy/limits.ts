/** Applies the timeouts and the signal of a request to custom transports and middleware, which may ignore them. */
import { isInMemory, markInMemory } from "../request/in-memory.js";
import { onAbort } from "../transport/abort-listeners.js";
import { longestTimer } from "../transport/deadlines.js";
import { abortError, timeoutError } from "../transport/failure.js";
import type { HttpRequest, HttpResponse, Transport } from "../transport/transport.js";

/** Measures the time of one request. */
export interface Clock {
  /** Starts from zero, after progress. */
  restart(): void;
  /** Stops during the work, which has its own timeouts. */
  suspend<T>(work: () => Promise<T>): Promise<T>;
}

/** Returns the same transport, but requests and response bodies end at their timeouts and on abort. */
export function withLimits(transport: Transport): Transport {
  return { send: (request) => sendWithin(request, (inner) => transport.send(inner)) };
}

/** Resolves to the response of `send`, unless a timeout or the signal ends it. Ignores a late response or error. */
export async function sendWithin(
  request: HttpRequest,
  send: (request: HttpRequest, clock: Clock) => HttpResponse | Promise<HttpResponse>,
): Promise<HttpResponse> {
  const { deadline = Infinity, timeout } = request;
  const end = Math.min(performance.now() + timeout, deadline);
  const response = await within(
    request,
    () => Math.min(timeout, deadline - performance.now()),
    (clock) => send({ ...request, body: withProgress(request.body, clock) }, clock),
    drop,
  );
  if (!isIterable(response.body)) return response;
  // A streamed body has a timeout for each chunk; its reader applies the deadline. Other bodies belong to the attempt.
  const remaining = (): number => {
    if (request.stream !== true) return end - performance.now();
    return timeout < deadline - performance.now() ? timeout : Infinity;
  };
  // Not a spread, because headers may be a getter of the response's class.
  const { encoding, headers, status } = response;
  return { status, headers, encoding, body: bodyWithin(request, response.body, remaining) };
}

function within<T>(
  request: HttpRequest,
  remaining: () => number,
  work: (clock: Clock) => Promise<T> | T,
  onLate: (value: T) => void,
): Promise<T> {
  const { signal } = request;
  if (signal?.aborted === true) return Promise.reject(abortError(request));
  return new Promise((resolve, reject) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isOver = false;
    let suspended = 0;
    const stop = (): void => {
      isOver = true;
      clearTimeout(timer);
      stopListening?.();
    };
    const fail = (error: Error): void => {
      stop();
      reject(error);
    };
    const restart = (): void => {
      clearTimeout(timer);
      const milliseconds = remaining();
      if (isOver || suspended > 0 || milliseconds > longestTimer) return;
      timer = setTimeout(() => fail(timeoutError(request)), Math.max(1, milliseconds));
    };
    const clock: Clock = {
      restart,
      suspend: async (inner) => {
        suspended++;
        clearTimeout(timer);
        try {
          return await inner();
        } finally {
          suspended--;
          restart();
        }
      },
    };
    const stopListening = signal === undefined ? undefined : onAbort(signal, () => fail(abortError(request)));
    restart();
    void settle(
      async () => work(clock),
      (value) => {
        if (isOver) return onLate(value);
        stop();
        resolve(value);
      },
      fail,
    );
  });
}

/** Always handles a rejection, so one after a timeout is not unhandled. */
async function settle<T>(
  work: () => Promise<T>,
  resolve: (value: T) => void,
  reject: (error: Error) => void,
): Promise<void> {
  try {
    resolve(await work());
  } catch (error) {
    reject(error as Error); // what the caller's code threw, unchanged
  }
}

/** Returns the body. Each chunk that is read restarts the clock. */
export function withProgress<Body extends HttpRequest["body"]>(
  body: Body,
  clock: Clock,
): Body | AsyncIterable<Uint8Array> {
  if (!isIterable(body)) return body;
  const watched: AsyncIterable<Uint8Array> = {
    [Symbol.asyncIterator]: () => {
      const chunks = body[Symbol.asyncIterator]();
      return {
        next: async () => {
          const result = await chunks.next();
          clock.restart();
          return result;
        },
        return: async () => (await chunks.return?.()) ?? { done: true, value: undefined },
      };
    },
  };
  return isInMemory(body) ? markInMemory(watched) : watched;
}

function bodyWithin(
  request: HttpRequest,
  body: AsyncIterable<Uint8Array>,
  remaining: () => number,
): AsyncIterable<Uint8Array> {
  const chunks = body[Symbol.asyncIterator]();
  // Not awaited: a source that hangs may never return.
  const close = (): void => void settle(async () => chunks.return?.(), ignore, ignore);
  const iterator: AsyncIterableIterator<Uint8Array> = {
    next: async () => {
      try {
        return await within(request, remaining, () => chunks.next(), ignore);
      } catch (error) {
        close();
        throw error;
      }
    },
    return: async () => {
      close();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]: () => iterator,
  };
  return iterator;
}

/** Closes the body of a late response. */
function drop({ body }: HttpResponse): void {
  if (isIterable(body)) void settle(async () => body[Symbol.asyncIterator]().return?.(), ignore, ignore);
}

function ignore(): void {
  // The result is not needed.
}

function isIterable(body: HttpRequest["body"]): body is AsyncIterable<Uint8Array> {
  return typeof body === "object" && !(body instanceof Uint8Array);
}
