/** Clients whose calls are collected and sent as one request. The collector in `collector.ts` does the work. */
import { type ApiClient, withOptions } from "../client.js";
import { type BatchState, type Core, type CoreHolder, coreOf } from "../core.js";
import { type Fault, InvalidRequestError } from "../errors.js";
import { type BatchOptions, checkBatchOptions, largestBatch } from "../options.js";
import { Collector } from "./collector.js";

/** How a batch is sent. */
export interface BatchSender {
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
    const send: BatchSender["send"] = (options) => sendBatch(clone, options);
    // Not enumerable: a client that is logged shows its resources.
    Object.defineProperty(clone, "send", { value: send });
  }
  // Either the API's own member is there, or the one above.
  return clone as Batch<Client>;
}

/** The same as `batch.send(options)`, for APIs that have a member of that name themselves. */
export async function sendBatch(
  batch: CoreHolder,
  options: BatchOptions = {},
): Promise<PromiseSettledResult<unknown>[]> {
  const { api, batch: state } = coreOf(batch);
  if (state === undefined)
    throw refusal(api.id, "is no batch but an ordinary client: make one of it with batch(client)");
  checkBatchOptions(api.id, options);
  return state.send(options);
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
