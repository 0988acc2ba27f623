/** Uploads. The code that sends them is loaded with the first one. */
import type { Sender } from "../call/call.js";
import { type CoreHolder, coreOf } from "../call/core.js";
import type { CallOptions } from "../call/options.js";
import type { Params } from "../request/build.js";
import { handleErrorsOf } from "../request/streams.js";

/** Sends calls with `media`. Only methods that take it pass this function, so other programs do not contain it. */
export const upload: Sender = async (call) => {
  handleErrorsOf((call.params as Params)["media"], "body"); // any object can be read by name
  const { sendMedia } = await import("./send-media.js");
  return sendMedia(call);
};

/**
 * Cancels a resumable upload. The server discards the bytes that have arrived. An upload that no longer exists is
 * not an error.
 *
 * @param client Any client or resource of the API.
 * @param session From {@link UploadProgress} or `UploadError`.
 */
export async function cancelUpload(client: CoreHolder, session: string, options?: CallOptions): Promise<void> {
  const { cancelSession } = await import("./session.js");
  return cancelSession(coreOf(client), session, options);
}
