/** Clients whose calls are collected and sent as one request. The collector in `collector.ts` does the work. */
import { type ApiClient, withOptions } from "../client/client.js";
import { type BatchState, type Core, type CoreHolder, coreOf } from "../call/core.js";
import { type Fault, InvalidRequestError } from "../errors.js";
import type { BatchOptions } from "../call/options.js";
import { checkBatchOptions, largestBatch } from "./options.js";
import { Collector } from "./collector.js";

/** What became of these calls, in their order. */
export type BatchOutcomes<Calls extends readonly unknown[]> = {
  -readonly [Index in keyof Calls]: PromiseSettledResult<Awaited<Calls[Index]>>;
};

/** How a batch is sent. */
export interface BatchSender {
  /**
   * Sends the calls made since the last time, and resolves to the typed outcomes of those given here, in their order:
   * `const [orders, staging] = await batch.send([getOrders, getStaging])`. Calls that are not given are sent too.
   *
   * @throws InvalidRequestError where the options are at fault; the outcomes hold every other error
   */
  send<const Calls extends readonly PromiseLike<unknown>[]>(
    calls: Calls,
    options?: BatchOptions,
  ): Promise<BatchOutcomes<Calls>>;
  /**
   * Sends the calls made since the last time. Resolves when all of them are settled, to their outcomes in the order in
   * which they were made: `[]` where there were none. Each call's own promise settles too.
   *
   * @throws InvalidRequestError where the options are at fault; the outcomes hold every other error
   */
  send(options?: BatchOptions): Promise<PromiseSettledResult<unknown>[]>;
}

/**
 * A client whose calls wait for `send()`. Where the API has a member of that name, that is what `send` is, and
 * {@link sendBatch} sends.
 */
export type Batch<Client> = "send" extends keyof Client ? Client : Client & BatchSender;

/**
 * A client like this one whose calls are collected until `send()`, which sends them as one `multipart/mixed` request
 * for each 1,000 of them. It shares the credentials. A call that is never sent stays pending; media cannot be in a
 * batch; pages after the first, and the polls of operations, are ordinary requests of the client given.
 *
 * The same as `client.batch()`, for APIs that have a member of that name themselves.
 *
 * @throws InvalidRequestError where the API has no batches
 */
export function batch<Client extends ApiClient>(client: Client): Batch<Client> {
  const own = coreOf(client);
  const { api } = own;
  if (api.batchPath === undefined)
    throw refusal(api.id, "cannot be made: the API's document names no path for it. Make each call by itself");
  // Those that were narrowed to the API's scopes already, so that their token is shared as well.
  const clone = withOptions(client, { auth: own.credentials() });
  const core = coreOf(clone);
  core.batch = stateOf(core, core.rootPath + api.batchPath, own.batch?.client ?? client);
  if (!("send" in clone)) {
    const send = (...given: SendArguments): Promise<PromiseSettledResult<unknown>[]> => settle(clone, ...given);
    // Not enumerable: a client that is logged shows its resources.
    Object.defineProperty(clone, "send", { value: send });
  }
  // Either the API's own member is there, or the one above.
  return clone as Batch<Client>;
}

/** The same as `batch.send(calls, options)`, for APIs that have a member of that name themselves. */
export function sendBatch<const Calls extends readonly PromiseLike<unknown>[]>(
  batch: CoreHolder,
  calls: Calls,
  options?: BatchOptions,
): Promise<BatchOutcomes<Calls>>;
/** The same as `batch.send(options)`, for APIs that have a member of that name themselves. */
export function sendBatch(batch: CoreHolder, options?: BatchOptions): Promise<PromiseSettledResult<unknown>[]>;
export function sendBatch(batch: CoreHolder, ...given: SendArguments): Promise<PromiseSettledResult<unknown>[]> {
  return settle(batch, ...given);
}

type SendArguments = [first?: BatchOptions | readonly PromiseLike<unknown>[], second?: BatchOptions];

async function settle(batch: CoreHolder, ...[first, second]: SendArguments): Promise<PromiseSettledResult<unknown>[]> {
  const calls = isList(first) ? first : undefined;
  const options = (isList(first) ? second : first) ?? {};
  const { api, batch: state } = coreOf(batch);
  if (state === undefined)
    throw refusal(api.id, "is no batch but an ordinary client: make one of it with batch(client)");
  checkBatchOptions(api.id, options);
  // Before sending, so that no promise derived from a call rejects without a handler.
  const chosen = calls === undefined ? undefined : Promise.allSettled(calls);
  const all = await state.send(options);
  return chosen ?? all;
}

/** `Array.isArray` does not narrow lists that are read-only. */
function isList(value: SendArguments[0]): value is readonly PromiseLike<unknown>[] {
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
