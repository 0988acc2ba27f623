/** Parses `multipart/related` bodies with two parts: metadata, then content (RFC 2387). */
import { GoogleError } from "../google-error.js";

export interface RelatedParts {
  readonly metadata: string;
  readonly content: Buffer;
  readonly type: string;
}

/** @throws {GoogleError} 400 for a malformed body */
export function readRelated(contentType: string | undefined, body: Buffer): RelatedParts {
  const [, quoted, bare] =
    /^multipart\/related\s*;.*\bboundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType ?? "") ?? [];
  const boundary = quoted ?? bare;
  if (boundary === undefined) throw malformed("expected the content type multipart/related with a boundary");
  const parts = split(body, boundary);
  const [metadata, content, ...more] = parts;
  if (metadata === undefined || content === undefined || more.length > 0)
    throw malformed(`expected two parts, got ${parts.length}`);
  if (!/^application\/json\b/i.test(metadata.type)) throw malformed("the first part must be application/json");
  return { metadata: metadata.bytes.toString("utf8"), content: content.bytes, type: content.type };
}

function split(body: Buffer, boundary: string): { readonly type: string; readonly bytes: Buffer }[] {
  // The line break before a delimiter does not belong to the content. Add one before the first delimiter.
  const text = Buffer.concat([Buffer.from("\r\n"), body]);
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  const parts = [];
  let at = text.indexOf(delimiter);
  if (at === -1) throw malformed("it does not contain its boundary");
  for (;;) {
    const start = at + delimiter.length;
    if (text.toString("latin1", start, start + 2) === "--") return parts;
    at = text.indexOf(delimiter, start);
    if (at === -1) throw malformed("the closing delimiter is missing");
    const part = text.subarray(start + 2, at);
    const head = part.indexOf("\r\n\r\n");
    if (head === -1) throw malformed("a part has no headers");
    const type = /^content-type:(.*)$/im.exec(part.toString("latin1", 0, head))?.[1]?.trim();
    parts.push({ type: type || "application/octet-stream", bytes: part.subarray(head + 4) });
  }
}

function malformed(reason: string): GoogleError {
  return new GoogleError(400, `Malformed multipart body: ${reason}.`, { reason: "badContent" });
}
