/** Uploads. The code that sends them is loaded with the first one. */
import type { Sender } from "../call/call.js";
import { type CoreHolder, coreOf } from "../call/core.js";
import type { CallOptions } from "../call/options.js";
import type { Params } from "../request/build.js";
import { handleErrorsOf } from "../request/streams.js";

/** Sends calls that are given `media`. Passed by the methods that take it, so that other programs need not hold it. */
export const upload: Sender = async (call) => {
  handleErrorsOf((call.params as Params)["media"], "body"); // any object can be read by name
  const { sendMedia } = await import("./send-media.js");
  return sendMedia(call);
};

/**
 * Gives a resumable upload up: the server forgets what has arrived of it. One that is gone already is no error.
 *
 * @param client Any client or resource of the API.
 * @param session From {@link UploadProgress} or `UploadError`.
 */
export async function cancelUpload(client: CoreHolder, session: string, options?: CallOptions): Promise<void> {
  const { cancelSession } = await import("./session.js");
  return cancelSession(coreOf(client), session, options);
}
