/** A call with its content, ready for an upload protocol. */
import type { PreparedCall } from "../call/prepared-call.js";
import type { Source } from "./source.js";
import type { MediaUpload } from "./media-upload.js";

/** An upload with checked options. */
export interface PreparedUpload {
  /** The request to the upload path. Its body, if any, is the metadata. */
  readonly call: PreparedCall;
  readonly media: MediaUpload;
  readonly mimeType: string;
  readonly source: Source;
}

/** The size of each chunk of a resumable upload, except the last, must be a multiple of this number of bytes. */
export const granularity: number = 256 * 1024;

/** Adds the query parameter that names the protocol. */
export function withUploadType(path: string, type: "media" | "multipart" | "resumable"): string {
  return `${path}${path.includes("?") ? "&" : "?"}uploadType=${type}`;
}
