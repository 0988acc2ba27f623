/** Content to upload. */
import type { BytesBody } from "../request/bytes.js";

/** Content to upload: the `media` of methods that take it. */
export interface MediaUpload {
  /**
   * Streams and other async iterables are read once, with at most one chunk in memory, and closed if the upload fails. A
   * stream that was read before, or passed to another call, throws an `InvalidRequestError` before anything is sent, and
   * is not touched. All other content can be sent again from any offset. A file that changes during the upload throws
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
