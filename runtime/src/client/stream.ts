/** The function that generated methods call if they stream their responses. */
import type { CoreHolder } from "../call/core.js";
import type { CallOptions } from "../call/options.js";
import type { PreparedCall } from "../call/prepared-call.js";
import type { Sent } from "../call/send.js";
import { TimeoutError } from "../errors.js";
import type { MethodDescriptor } from "../method.js";
import { ApiPromise, type Executor } from "../response/api-promise.js";
import { begin } from "../response/begin.js";
import { untilDeadline } from "../response/media-response.js";
import { type OpenMessages, StreamPromise } from "../response/stream-promise.js";
import { type Deadline, startDeadline, stopDeadline } from "../transport/deadlines.js";

/** Calls a method that streams its responses. */
export function stream<Item>(
  resource: CoreHolder,
  method: MethodDescriptor,
  params: object | undefined,
  options: CallOptions | undefined,
): StreamPromise<Item> {
  const make = (executor: Executor<OpenMessages<Item>>): ApiPromise<OpenMessages<Item>> => new ApiPromise(executor);
  const head = begin({ resource, method, params, options, decode: openMessages }, make);
  return new StreamPromise(head, method.id);
}

/** A response that is not read blocks its connection, so reading must begin within `timeout`. */
async function openMessages(
  { core: { api }, deadline, methodId, timeout, totalTimeout }: PreparedCall,
  sent: Sent,
): Promise<OpenMessages<unknown>> {
  const { body } = sent.response;
  const source = typeof body === "object" && !(body instanceof Uint8Array) ? body : once(body);
  const chunks =
    deadline === Infinity ? source : untilDeadline(sent.request, source, deadline - performance.now(), totalTimeout);
  let unread: Deadline;
  const stopWaiting = (): void => {
    stopDeadline(unread);
    unread = undefined;
  };
  let isExpired = false;
  const onExpired = (): void => {
    isExpired = true;
    stopWaiting();
    void chunks[Symbol.asyncIterator]().return?.();
  };
  unread = startDeadline({ onExpired }, timeout);
  const { messagesOf } = await import("../response/message-stream.js");
  return () => {
    stopWaiting();
    if (isExpired)
      throw new TimeoutError(
        `${methodId}: the response was not read within ${String(timeout)} ms. Iterate over it, or await it, immediately`,
        timeout,
      );
    return messagesOf(api, sent, chunks);
  };
}

async function* once(body: Uint8Array | string): AsyncGenerator<Uint8Array, void, undefined> {
  yield typeof body === "string" ? new TextEncoder().encode(body) : body;
}
