/** Clients whose calls are collected and sent as one request, see `collector.ts`. */
import { type BatchState, type Core, type CoreHolder, coreOf } from "../call/core.js";
import type { BatchOptions } from "../call/options.js";
import { type ApiClient, withOptions } from "../client/client.js";
import { type Fault, InvalidRequestError } from "../errors.js";
import { Collector } from "./collector.js";
import { checkBatchOptions, largestBatch } from "./options.js";

/** The outcomes of these calls, in their order. */
export type BatchOutcomes<Calls extends readonly unknown[]> = {
  -readonly [Index in keyof Calls]: PromiseSettledResult<Awaited<Calls[Index]>>;
};

/** Sends a batch. */
export interface BatchSender {
  /**
   * Sends all calls since the last `send()`. Resolves to the typed outcomes of the calls passed here, in their order:
   * `const [orders, staging] = await batch.send([getOrders, getStaging])`.
   *
   * @throws InvalidRequestError for invalid options. All other errors are in the outcomes.
   */
  send<const Calls extends readonly PromiseLike<unknown>[]>(
    calls: Calls,
    options?: BatchOptions,
  ): Promise<BatchOutcomes<Calls>>;
  /**
   * Sends all calls since the last `send()`. Resolves to their outcomes, in the order of the calls, when all calls are
   * settled. The promise of each call settles too. Without calls, resolves to `[]`.
   *
   * @throws InvalidRequestError for invalid options. All other errors are in the outcomes.
   */
  send(options?: BatchOptions): Promise<PromiseSettledResult<unknown>[]>;
}

/**
 * A client whose calls wait for `send()`. For an API with a member named `send`, use {@link sendBatch}.
 */
export type Batch<Client> = "send" extends keyof Client ? Client : Client & BatchSender;

/**
 * Returns a copy of a client whose calls wait for `send()`, which sends up to 1,000 calls as one `multipart/mixed`
 * request. A call that is never sent stays pending. Media cannot be part of a batch. Pages after the first, and polls of
 * operations, are ordinary requests of the original client. Both clients share credentials.
 *
 * The same as `client.batch()`, for APIs with a member of that name.
 *
 * @throws InvalidRequestError if the API does not support batches
 */
export function batch<Client extends ApiClient>(client: Client): Batch<Client> {
  const own = coreOf(client);
  const { api } = own;
  if (api.batchPath === undefined)
    throw refusal(api.id, "is not supported: the API's document has no batch path. Make the calls without a batch");
  // Credentials that have the API's scopes already, so that both clients share the token.
  const clone = withOptions(client, { auth: own.credentials() });
  const core = coreOf(clone);
  core.batch = stateOf(core, core.rootPath + api.batchPath, own.batch?.client ?? client);
  if (!("send" in clone)) {
    const send = (...given: SendArguments): Promise<PromiseSettledResult<unknown>[]> => settle(clone, ...given);
    // Not enumerable, so that a logged client shows only its resources.
    Object.defineProperty(clone, "send", { value: send });
  }
  // The client has the API's member of that name, or the one defined above.
  return clone as Batch<Client>;
}

/** The same as `batch.send(calls, options)`, for APIs with a member of that name. */
export function sendBatch<const Calls extends readonly PromiseLike<unknown>[]>(
  batch: CoreHolder,
  calls: Calls,
  options?: BatchOptions,
): Promise<BatchOutcomes<Calls>>;
/** The same as `batch.send(options)`, for APIs with a member of that name. */
export function sendBatch(batch: CoreHolder, options?: BatchOptions): Promise<PromiseSettledResult<unknown>[]>;
export function sendBatch(batch: CoreHolder, ...given: SendArguments): Promise<PromiseSettledResult<unknown>[]> {
  return settle(batch, ...given);
}

type SendArguments = [first?: BatchOptions | readonly PromiseLike<unknown>[], second?: BatchOptions];

async function settle(batch: CoreHolder, ...[first, second]: SendArguments): Promise<PromiseSettledResult<unknown>[]> {
  const calls = isArray(first) ? first : undefined;
  const options = (isArray(first) ? second : first) ?? {};
  const { api, batch: state } = coreOf(batch);
  if (state === undefined) throw refusal(api.id, "is an ordinary client, not a batch: call batch(client) first");
  checkBatchOptions(api.id, options);
  // Before sending, so that each promise has a handler when it rejects.
  const chosen = calls === undefined ? undefined : Promise.allSettled(calls);
  const all = await state.send(options);
  return chosen ?? all;
}

/** `Array.isArray` does not narrow to read-only arrays. */
function isArray(value: SendArguments[0]): value is readonly PromiseLike<unknown>[] {
  return Array.isArray(value);
}

function stateOf(core: Core, path: string, client: CoreHolder): BatchState {
  const state = {
    client,
    collector: new Collector(core, path),
    send({ signal, size = largestBatch }: BatchOptions): Promise<PromiseSettledResult<unknown>[]> {
      const { collector } = state;
      state.collector = new Collector(core, path);
      return collector.run({ signal, size });
    },
  };
  return state;
}

function refusal(apiId: string, message: string): InvalidRequestError {
  const fault: Fault = { parameter: "batch", message };
  return new InvalidRequestError(`the client of ${apiId}`, [fault]);
}
