/** The promise of a call's data, which also knows the answer it came in. */
import type { HttpRequest, HttpResponse } from "../transport/transport.js";
import type { Keep } from "../call/call.js";
import { LazyResponse } from "../decode/api-response.js";
import type { ApiResponse } from "../errors.js";

/** The data of a call together with status and headers. */
export interface WithResponse<T> {
  readonly data: T;
  readonly response: ApiResponse;
}

let keepAnswer: <T>(promise: ApiPromise<T>, request: HttpRequest, response: HttpResponse) => void;

/**
 * What an ordinary method returns. The request is under way when you get it; `await` gives the data,
 * {@link withResponse} gives data, status and headers.
 */
export class ApiPromise<T> extends Promise<T> {
  static {
    keepAnswer = (promise, request, response) => {
      promise.#response = new LazyResponse(request, response);
    };
  }
  /** Neither the request nor the body: the promise may outlive both by far. */
  #response: ApiResponse | undefined;

  /** `then` and its kin give plain promises. */
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  /** Data, status and headers. Rejects as the call itself does. */
  withResponse(): Promise<WithResponse<T>> {
    return this.then((data) => {
      if (this.#response === undefined) throw new TypeError("this promise is not that of a call");
      return { data, response: this.#response };
    });
  }
}

/** What a promise of a call is made with. */
export type Executor<T> = (resolve: (value: T) => void, reject: (error: unknown) => void) => void;

/**
 * A promise made by `make` that settles as the one that `start` returns, which is not at once. By `then` alone, whose
 * reactions V8 can follow: so the stack of an error leads to the code that awaits this promise.
 */
export function promiseOf<T, P extends ApiPromise<T>>(
  make: (executor: Executor<T>) => P,
  start: (keep: Keep) => Promise<T>,
): P {
  // Outside of the executor, so that few frames are between a call that is refused at once and the caller.
  const work = start((request, response) => keepAnswer(promise, request, response));
  const promise = make((resolve, reject) => void work.then(resolve, reject));
  return promise;
}
