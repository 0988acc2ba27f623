/** Uploads: their options. The code that sends them is loaded with the first one. */
import { type Core, type CoreHolder, coreOf } from "../core.js";
import type { MethodDescriptor } from "../method.js";
import type { CallOptions } from "../options.js";
import type { PreparedCall } from "../policy/prepared-call.js";
import type { Sent } from "../policy/send.js";
import type { Params } from "../request/build.js";
import type { BytesBody } from "../request/bytes.js";
import { handleErrorsOf } from "../request/streams.js";

/** Content to upload: the `media` of methods that take it. */
export interface MediaUpload {
  /**
   * Streams and other async iterables are read once, with at most one chunk in memory, and closed if the upload fails. A
   * stream that was read before, or passed to another call, throws an `InvalidRequestError` before anything is sent, and
   * stays as it was. All other content can be sent again from any offset. A file that changes during the upload throws
   * an `UploadError`.
   */
  readonly body: BytesBody;
  /** Default: the type of the `Blob`, or of the file name's extension, else `application/octet-stream`. */
  readonly mimeType?: string | undefined;
  /** The size of a stream in bytes, if you know it. A stream of another size throws an `UploadError`. */
  readonly size?: number | undefined;
  /**
   * `true`: in chunks, each of which is retried; `false`: in one request. Default: in chunks if the size is unknown or
   * above 8 MiB, and the method supports it.
   */
  readonly resumable?: boolean | undefined;
  /** Size of a chunk and its memory in bytes: a multiple of 262,144 (256 KiB). Default: 8,388,608 (8 MiB). */
  readonly chunkSize?: number | undefined;
  /**
   * Resumes this upload, from {@link UploadProgress} or `UploadError` of this or another process. Pass the complete
   * content as `body`: bytes that have arrived are skipped.
   */
  readonly session?: string | undefined;
  /**
   * Called when content is sent. For a resumable upload: when it begins, and when a chunk has arrived. An error that it
   * throws ends the call.
   */
  readonly onProgress?: ((progress: UploadProgress) => void) | undefined;
}

/** The progress of an upload. */
export interface UploadProgress {
  /** Bytes sent so far. For a resumable upload: bytes that have arrived. */
  readonly sent: number;
  /** The total number of bytes; `undefined` until a stream of unknown size has ended. */
  readonly total: number | undefined;
  /**
   * Of a resumable upload. Store it to resume the upload in another process. Keep it secret: it grants write access to
   * the upload.
   */
  readonly session: string | undefined;
}

/** Sends a call in another way than by one plain request. */
export type Sender = (
  core: Core,
  method: MethodDescriptor,
  params: object,
  options: CallOptions | undefined,
) => Promise<{ readonly prepared: PreparedCall; readonly sent: Sent }>;

/** Sends calls with `media`. Only methods that take it pass this function, so other programs do not contain it. */
export const upload: Sender = async (core, method, params, options) => {
  handleErrorsOf((params as Params)["media"], "body"); // any object can be read by name
  const { sendMedia } = await import("./send-media.js");
  return sendMedia(core, method, params, options);
};

/**
 * Cancels a resumable upload. The server discards the bytes that have arrived. An upload that no longer exists is no
 * error.
 *
 * @param client Any client or resource of the API.
 * @param session From {@link UploadProgress} or `UploadError`.
 */
export async function cancelUpload(client: CoreHolder, session: string, options?: CallOptions): Promise<void> {
  const { cancelSession } = await import("./session.js");
  return cancelSession(coreOf(client), session, options);
}
