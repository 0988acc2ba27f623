/** Content to upload. */
import type { BytesBody } from "../request/bytes.js";

/** Content to upload: the `media` of methods that take it. */
export interface MediaUpload {
  /**
   * Streams and other async iterables are read once, with no more than a chunk of them in memory, and closed when the
   * upload fails. One that was read before, or passed to another call, throws an `InvalidRequestError` before anything
   * is sent; that error leaves the stream as it was. The others can be sent again from any byte on. A file that changes
   * while it is sent throws an `UploadError`.
   */
  readonly body: BytesBody;
  /** Default: that of the `Blob`, or of the file name's extension, else `application/octet-stream`. */
  readonly mimeType?: string | undefined;
  /** Bytes of a stream, where they are known; others know theirs. Another number of them throws an `UploadError`. */
  readonly size?: number | undefined;
  /**
   * `true`: in parts, each sent again where it failed; `false`: in one request. Default: in parts where the size is not
   * known or above 8 MiB and the method can.
   */
  readonly resumable?: boolean | undefined;
  /** Bytes of a part and of the memory for it: a multiple of 262,144 (256 KiB). Default: 8,388,608 (8 MiB). */
  readonly chunkSize?: number | undefined;
  /**
   * A resumable upload to go on with, from {@link UploadProgress} or `UploadError`, in this process or another one.
   * `body` is the whole content again: what has arrived is skipped.
   */
  readonly session?: string | undefined;
  /**
   * Called as content leaves; for a resumable upload when it begins, and whenever a part has arrived. What it throws
   * ends the call.
   */
  readonly onProgress?: ((progress: UploadProgress) => void) | undefined;
}

/** How far an upload is. */
export interface UploadProgress {
  /** Bytes: of a resumable upload those that have surely arrived, else those that have left. */
  readonly sent: number;
  /** Bytes of the whole; `undefined` while a stream of unknown size has not ended. */
  readonly total: number | undefined;
  /**
   * Of a resumable upload: store it to go on after this process ends. Whoever has it can write to the upload: keep it
   * secret.
   */
  readonly session: string | undefined;
}
