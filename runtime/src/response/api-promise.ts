/** The promise of a call. It resolves to the data, and also has the response. */
import { LazyResponse } from "../decode/api-response.js";
import type { ApiResponse } from "../errors.js";
import type { HttpRequest, HttpResponse } from "../transport/transport.js";

/** The data of a call together with status and headers. */
export interface WithResponse<T> {
  readonly data: T;
  readonly response: ApiResponse;
}

/** What the constructor of a promise takes. */
export type Executor<T> = (resolve: (value: T) => void, reject: (error: unknown) => void) => void;

let setResponse: <T>(promise: ApiPromise<T>, response: ApiResponse) => void;

/**
 * What an ordinary method returns. The method sends the request immediately. `await` resolves to the data,
 * {@link withResponse} to data, status and headers.
 */
export class ApiPromise<T> extends Promise<T> {
  static {
    setResponse = (promise, response) => {
      promise.#response = response;
    };
  }
  #response: ApiResponse | undefined;

  /** `then`, `catch` and `finally` return plain promises. */
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  /** Resolves to data, status and headers. Rejects with the error of the call. */
  withResponse(): Promise<WithResponse<T>> {
    return this.then((data) => {
      if (this.#response === undefined) throw new TypeError("this promise is not that of a call");
      return { data, response: this.#response };
    });
  }
}

/** Keeps the response for {@link ApiPromise.withResponse}, without the request and the body, which may be large. */
export function keepResponse<T>(promise: ApiPromise<T>, request: HttpRequest, response: HttpResponse): void {
  setResponse(promise, new LazyResponse(request, response));
}
