/** What generated methods call that stream their responses. */
import { begin } from "./methods.js";
import type { Core, CoreHolder } from "./core.js";
import { TimeoutError } from "../errors.js";
import type { MethodDescriptor } from "../method.js";
import type { CallOptions } from "../call/options.js";
import type { PreparedCall } from "../call/prepared-call.js";
import type { Sent } from "../call/send.js";
import { ApiPromise, type Executor } from "../response/api-promise.js";
import { untilDeadline } from "../response/media-response.js";
import { type OpenMessages, StreamPromise } from "../response/stream-promise.js";
import { type Deadline, startDeadline, stopDeadline } from "../transport/deadlines.js";

/** Calls a method that streams its responses. */
export function stream<Item>(
  target: CoreHolder,
  method: MethodDescriptor,
  params: object | undefined,
  options: CallOptions | undefined,
): StreamPromise<Item> {
  const make = (executor: Executor<OpenMessages<Item>>) => new ApiPromise(executor);
  return new StreamPromise(begin(target, method, params, options, make, undefined, messagesWhenRead), method.id);
}

/** A response that is not read holds its connection, so reading must begin within `timeout`. */
async function messagesWhenRead(
  core: Core,
  method: MethodDescriptor,
  { deadline, timeout, totalTimeout }: PreparedCall,
  sent: Sent,
): Promise<OpenMessages<unknown>> {
  const { body } = sent.response;
  const arriving = typeof body === "object" && !(body instanceof Uint8Array) ? body : once(body);
  const chunks =
    deadline === Number.POSITIVE_INFINITY
      ? arriving
      : untilDeadline(sent.request, arriving, deadline - performance.now(), totalTimeout);
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
        `${method.id}: the response was not read within ${String(timeout)} ms. Iterate over it, or await it, at once`,
        timeout,
      );
    return messagesOf(core.api, sent, chunks);
  };
}

async function* once(body: Uint8Array | string): AsyncGenerator<Uint8Array, void, undefined> {
  yield typeof body === "string" ? new TextEncoder().encode(body) : body;
}
