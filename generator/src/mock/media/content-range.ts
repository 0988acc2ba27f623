/** `Content-Range` of requests to an upload session: which bytes a body contains, or a question about the status. */
import { GoogleError } from "../google-error.js";

/** A request to a session. Positions count from the start of the content. */
export type ChunkRange =
  | { readonly kind: "status"; readonly total: number | undefined }
  | {
      readonly kind: "chunk";
      readonly start: number;
      /** Position after the last byte. */
      readonly end: number;
      /** Absent if the client does not know it yet. */
      readonly total: number | undefined;
      /** The client names no end, so the body may have any size. */
      readonly isOpen: boolean;
    };

/**
 * Parses the header. Without it, the body is the complete content. With `*` as the last byte, it is the rest of the
 * content.
 *
 * @throws {GoogleError} 400 for invalid syntax, and for a range that does not fit its total or the body
 */
export function readContentRange(field: string | undefined, bodyLength: number, isCut: boolean): ChunkRange {
  const known = isCut ? undefined : bodyLength;
  if (field === undefined) return { kind: "chunk", start: 0, end: bodyLength, total: known, isOpen: false };
  // What some clients send for empty content, which has no last byte: Java's, and Python's before 1.12.5.
  if (bodyLength === 0 && /^\s*bytes 0-(0|-1)\/0\s*$/.test(field)) return { kind: "status", total: 0 };
  const [, first, last, size] = /^\s*bytes[ =](?:(\d+)-(\d+|\*)|\*)\/(\d+|\*)\s*$/i.exec(field) ?? [];
  if (size === undefined) throw invalidRange("the syntax is not valid");
  const total = size === "*" ? undefined : Number(size);
  if (first === undefined || last === undefined) {
    if (bodyLength > 0) throw invalidRange("a query for the status must have an empty body");
    return { kind: "status", total };
  }
  const start = Number(first);
  if (last === "*") {
    const end = start + bodyLength;
    if (total !== undefined && end > total) throw invalidRange(`the body ends at ${end}, after the total size`);
    return { kind: "chunk", start, end, total: total ?? (isCut ? undefined : end), isOpen: true };
  }
  const end = Number(last) + 1;
  if (end <= start) throw invalidRange("the last byte is before the first");
  if (total !== undefined && end > total) throw invalidRange("the last byte is after the total size");
  if (!isCut && end - start !== bodyLength)
    throw invalidRange(`the body has ${bodyLength} bytes instead of ${end - start}`);
  return { kind: "chunk", start, end, total, isOpen: false };
}

export function invalidRange(why: string): GoogleError {
  return new GoogleError(400, `Invalid Content-Range: ${why}.`, {
    reason: "invalid",
    location: { name: "Content-Range", type: "header" },
  });
}
