/** What generated methods call that stream their responses. */
import { begin } from "./call.js";
import { type CoreHolder } from "./core.js";
import type { MethodDescriptor } from "./method.js";
import type { CallOptions } from "./options.js";
import { ApiPromise, type Executor } from "./response/api-promise.js";
import { untilDeadline } from "./response/media-response.js";
import { messagesOf } from "./response/message-stream.js";
import { type OpenMessages, StreamPromise } from "./response/stream-promise.js";

/** Calls a method that streams its responses. */
export function stream<Item>(
  target: CoreHolder,
  method: MethodDescriptor,
  params: object | undefined,
  options: CallOptions | undefined,
): StreamPromise<Item> {
  const make = (executor: Executor<OpenMessages<Item>>) => new ApiPromise(executor);
  const head = begin(
    target,
    method,
    params,
    options,
    make,
    undefined,
    (core, _method, call, sent): OpenMessages<Item> => {
      const { body } = sent.response;
      const chunks = typeof body === "object" && !(body instanceof Uint8Array) ? body : once(body);
      const { deadline, totalTimeout } = call;
      const bounded =
        deadline === Number.POSITIVE_INFINITY
          ? chunks
          : untilDeadline(sent.request, chunks, deadline - performance.now(), totalTimeout);
      // The document says that each message is of this type.
      return () => messagesOf(core.api, sent, bounded) as AsyncGenerator<Item, void, undefined>;
    },
  );
  return new StreamPromise(head);
}

async function* once(body: Uint8Array | string): AsyncGenerator<Uint8Array, void, undefined> {
  yield typeof body === "string" ? new TextEncoder().encode(body) : body;
}
