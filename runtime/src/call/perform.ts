/** Runs a call through the pipeline. */
import { leadingToCaller } from "./call-site.js";
import type { Call, Keep } from "./call.js";
import { checkForeignNames, paramOf, prepare } from "./prepare.js";
import { type Sent, send } from "./send.js";

/** Resolves to the value of the call. */
export async function perform<T>(call: Call, keep: Keep): Promise<T> {
  try {
    checkForeignNames(call);
    const { decode, params, upload } = call;
    let sent: Sent;
    let value: unknown;
    if (upload !== undefined && paramOf(params, "media") !== undefined) {
      const uploaded = await upload(call);
      sent = uploaded.sent;
      value = await decode(uploaded.prepared, sent);
    } else {
      const prepared = prepare(call);
      const { observer } = prepared;
      if (observer === undefined) {
        sent = await send(prepared);
        const decoded = decode(prepared, sent);
        value = decoded instanceof Promise ? await decoded : decoded;
      } else {
        [sent, value] = await observer.call(async () => {
          const received = await send(prepared);
          return [received, await decode(prepared, received)];
        });
      }
    }
    keep(sent.request, sent.response);
    // The document declares this type for the method.
    return value as T;
  } catch (error) {
    throw leadingToCaller(error, perform, call.site);
  }
}
