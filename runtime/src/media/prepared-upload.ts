/** A call with its content, as the protocols take it. */
import type { PreparedCall } from "../call/prepared-call.js";
import type { Source } from "./source.js";
import type { MediaUpload } from "./media-upload.js";

/** An upload whose options are checked. */
export interface PreparedUpload {
  /** The request for the path of uploads; its body, where it has one, is the metadata. */
  readonly call: PreparedCall;
  readonly media: MediaUpload;
  readonly mimeType: string;
  readonly source: Source;
}

/** What parts of a resumable upload must be multiples of, but for the last one: bytes. */
export const granularity: number = 256 * 1024;

/** The query parameter that names the protocol. */
export function withUploadType(path: string, type: "media" | "multipart" | "resumable"): string {
  return `${path}${path.includes("?") ? "&" : "?"}uploadType=${type}`;
}
