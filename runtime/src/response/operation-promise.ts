/** Long-running operations: one promise that is the answer of the method, and a way to wait for the end. */
import { type Known } from "../call/check-names.js";
import { callSite, leadingToCaller } from "../call/call-site.js";
import { AbortError, TimeoutError } from "../errors.js";
import { checkCallOptions } from "../call/options.js";
import type { AbortSignal } from "../platform-types.js";
import { within } from "../policy/wait.js";
import { ApiPromise, type Executor } from "./api-promise.js";
import type { Follow } from "./operation-wait.js";

/** How to wait for an operation. */
export interface WaitOptions<Operation> {
  /** Ends the wait; the operation itself goes on. Default: the signal of the call. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds for the whole wait, that for the method's answer included. Default: no limit. */
  readonly timeout?: number | undefined;
  /** Called with the operation each time it has been read. */
  readonly onProgress?: ((operation: Operation) => void) | undefined;
}

const waitOptions: Known<WaitOptions<unknown>> = { onProgress: 1, signal: 1, timeout: 1 };

/**
 * What a method returns that starts a long-running operation, or reads one. The request is under way when you get it;
 * `await` gives the method's answer, {@link wait} polls to the end. To go on in another process, keep the operation's
 * name and wait for the method that reads it: `client.operations.get({ name }).wait()`.
 */
export class OperationPromise<Answer, Operation> extends ApiPromise<Answer> {
  readonly #follow: Follow | undefined;

  constructor(executor: Executor<Answer>, follow?: Follow) {
    super(executor);
    this.#follow = follow;
  }

  /**
   * Resolves to the finished operation.
   *
   * @throws OperationError when the operation failed; it carries the operation
   * @throws TimeoutError with code `TOTAL_TIMEOUT` when it is not over in time
   * @throws AbortError when the signal aborts
   * @throws DiscogenError with code `OPERATION_UNKNOWN` when the answer does not tell which operation to ask for
   */
  async wait(options: WaitOptions<Operation> = {}): Promise<Operation> {
    const site = callSite(this.wait);
    const follow = this.#follow;
    if (follow === undefined) throw new TypeError("this promise is not that of a call");
    const { id, operation } = follow.method;
    if (operation === undefined) throw new TypeError(`${id} starts no operation`);
    const { signal = follow.signal, timeout = Infinity, onProgress } = options;
    // One signal ends whatever is under way: the pause, or the poll with its retries.
    const ended = new AbortController();
    const work = this.withResponse().then(async (first) => {
      const { pollToEnd } = await import("./operation-wait.js");
      return pollToEnd(follow, operation, first, ended.signal, (value) => {
        // The document says that polling answers this type, and so does the method where it answers the operation.
        if (!ended.signal.aborted) onProgress?.(value as Operation);
      });
    });
    // Where the options are at fault nobody waits for it: then its failure is no unhandled one.
    work.catch(() => undefined);
    try {
      checkCallOptions(id, options, waitOptions);
      const last = await within(work, {
        signal,
        remaining: timeout,
        aborted: () => new AbortError(`${id}: aborted by the caller's signal`, { cause: signal?.reason }),
        expired: () => {
          const message = `${id}: the operation was not over within ${String(timeout)} ms`;
          return new TimeoutError(message, timeout, "TOTAL_TIMEOUT");
        },
      });
      return last as Operation; // as above
    } catch (error) {
      throw leadingToCaller(error, this.wait, site);
    } finally {
      ended.abort();
    }
  }
}
