/** Reads `multipart/related` bodies of two parts: metadata, and content behind it (RFC 2387). */
import { GoogleError } from "../google-error.js";

export interface RelatedParts {
  readonly metadata: string;
  readonly content: Buffer;
  readonly type: string;
}

/** @throws {GoogleError} for what is no such body */
export function readRelated(contentType: string | undefined, body: Buffer): RelatedParts {
  const [, quoted, bare] =
    /^multipart\/related\s*;.*\bboundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType ?? "") ?? [];
  const boundary = quoted ?? bare;
  if (boundary === undefined) throw malformed("a content-type of multipart/related with a boundary is expected");
  const parts = split(body, boundary);
  const [metadata, content, ...more] = parts;
  if (metadata === undefined || content === undefined || more.length > 0)
    throw malformed(`two parts are expected, not ${parts.length}`);
  if (!/^application\/json\b/i.test(metadata.type)) throw malformed("the first part must be application/json");
  return { metadata: metadata.bytes.toString("utf8"), content: content.bytes, type: content.type };
}

function split(body: Buffer, boundary: string): { readonly type: string; readonly bytes: Buffer }[] {
  // Every delimiter but the first has a line break of its own before it, which is no part of the content.
  const whole = Buffer.concat([Buffer.from("\r\n"), body]);
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  const parts = [];
  let at = whole.indexOf(delimiter);
  if (at === -1) throw malformed("its boundary is not in it");
  for (;;) {
    const start = at + delimiter.length;
    if (whole.toString("latin1", start, start + 2) === "--") return parts;
    at = whole.indexOf(delimiter, start);
    if (at === -1) throw malformed("its end is missing");
    const part = whole.subarray(start + 2, at);
    const head = part.indexOf("\r\n\r\n");
    if (head === -1) throw malformed("a part has no head");
    const type = /^content-type:(.*)$/im.exec(part.toString("latin1", 0, head))?.[1]?.trim();
    parts.push({ type: type || "application/octet-stream", bytes: part.subarray(head + 4) });
  }
}

function malformed(reason: string): GoogleError {
  return new GoogleError(400, `Malformed multipart body: ${reason}.`, { reason: "badContent" });
}
