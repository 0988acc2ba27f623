/** Reads the body of a multipart upload: metadata, then content. */
import { GoogleError } from "../google-error.js";
import { readParts } from "./multipart.js";

export interface RelatedParts {
  readonly metadata: Buffer;
  readonly content: Buffer;
  /** Media type of the content, if its part names one. */
  readonly type: string | undefined;
  /** Headers of the content, in lower case. */
  readonly headers: ReadonlyMap<string, string>;
}

/** `related` (RFC 2387) is documented. Browsers send `form-data`, and Google's samples for them `mixed`. */
const SUBTYPES = ["related", "mixed", "form-data"];

/** @throws {GoogleError} 400 for a malformed body */
export function readRelated(contentType: string | undefined, body: Buffer): RelatedParts {
  const parts = readParts(contentType, body, SUBTYPES, malformed);
  const [metadata, content, ...more] = parts;
  if (metadata === undefined || content === undefined || more.length > 0)
    throw malformed(`expected two parts, metadata and content, got ${parts.length}`);
  if (!/^application\/json\b/i.test(metadata.headers.get("content-type") ?? "application/json"))
    throw malformed("the first part must be application/json");
  return {
    metadata: metadata.bytes,
    content: content.bytes,
    type: content.headers.get("content-type") || undefined,
    headers: content.headers,
  };
}

function malformed(reason: string): GoogleError {
  return new GoogleError(400, `Malformed multipart body: ${reason}.`, { reason: "badContent" });
}
