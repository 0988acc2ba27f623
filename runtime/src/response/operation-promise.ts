/** Long-running operations: the promise of the response, and a function that waits for the end. */
import { callSite, leadingToCaller } from "../call/call-site.js";
import { type Known } from "../call/check-names.js";
import { checkCallOptions } from "../call/options.js";
import { AbortError, TimeoutError } from "../errors.js";
import type { AbortSignal } from "../platform-types.js";
import { within } from "../policy/wait.js";
import { ApiPromise, type Executor } from "./api-promise.js";
import type { Follow } from "./operation-wait.js";

/** How to wait for an operation. */
export interface WaitOptions<Operation> {
  /** Ends the wait. The operation continues. Default: the signal of the call. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds for the complete wait, including the method's own response. Default: no limit. */
  readonly timeout?: number | undefined;
  /** Called with the operation after each poll. */
  readonly onProgress?: ((operation: Operation) => void) | undefined;
}

const waitOptions: Known<WaitOptions<unknown>> = { onProgress: 1, signal: 1, timeout: 1 };

/**
 * What a method returns that starts or reads a long-running operation. The method sends the request immediately.
 * `await` resolves to the method's response, {@link wait} polls to the end. To wait in another process, store the
 * operation's name and wait for the method that reads it: `client.operations.get({ name }).wait()`.
 */
export class OperationPromise<Response, Operation> extends ApiPromise<Response> {
  readonly #follow: Follow | undefined;

  constructor(executor: Executor<Response>, follow?: Follow) {
    super(executor);
    this.#follow = follow;
  }

  /**
   * Resolves to the finished operation.
   *
   * @throws OperationError if the operation failed. It has the operation.
   * @throws TimeoutError `TOTAL_TIMEOUT` if the operation does not finish in time
   * @throws AbortError if the signal aborts
   * @throws DiscogenError `OPERATION_UNKNOWN` if the response does not identify the operation
   */
  async wait(options: WaitOptions<Operation> = {}): Promise<Operation> {
    const site = callSite(this.wait);
    const follow = this.#follow;
    if (follow === undefined) throw new TypeError("this promise is not that of a call");
    const { id, operation } = follow.method;
    if (operation === undefined) throw new TypeError(`${id} does not start an operation`);
    const { signal = follow.signal, timeout = Infinity, onProgress } = options;
    // One signal ends both the delay and the poll with its retries.
    const ended = new AbortController();
    const work = this.withResponse().then(async (first) => {
      const { pollToEnd } = await import("./operation-wait.js");
      return pollToEnd(follow, operation, first, ended.signal, (value) => {
        // The document declares this type for polls, and for a method that returns the operation.
        if (!ended.signal.aborted) onProgress?.(value as Operation);
      });
    });
    // With invalid options nothing awaits it, so its rejection is handled here.
    work.catch(() => undefined);
    try {
      checkCallOptions(id, options, waitOptions);
      const last = await within(work, {
        signal,
        remaining: timeout,
        aborted: () => new AbortError(`${id}: aborted by the caller's signal`, { cause: signal?.reason }),
        expired: () => {
          const message = `${id}: the operation did not finish within ${String(timeout)} ms`;
          return new TimeoutError(message, timeout, "TOTAL_TIMEOUT");
        },
      });
      return last as Operation; // see above
    } catch (error) {
      throw leadingToCaller(error, this.wait, site);
    } finally {
      ended.abort();
    }
  }
}
