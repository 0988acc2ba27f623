/** Download responses: complete or partial content (RFC 9110 §14), with ETag, generation and checksums. */
import { type HttpResponse, GoogleError } from "../google-error.js";
import type { HttpRequest } from "../listener.js";
import { type Content, md5 } from "./contents.js";
import { crc32c } from "./crc32c.js";

export function contentResponse(
  { bytes, type, generation }: Content,
  { headers }: Pick<HttpRequest, "headers">,
): HttpResponse {
  const etag = `"${generation}"`;
  const validators = {
    "content-type": type,
    "accept-ranges": "bytes",
    etag,
    "x-goog-generation": generation,
    "x-goog-hash": `crc32c=${crc32c(bytes)},md5=${md5(bytes)}`,
  };
  const ifRange = headers["if-range"];
  const range = ifRange === undefined || ifRange === etag ? rangeOf(headers.range, bytes.length) : undefined;
  if (range === undefined) return { status: 200, body: undefined, bytes, headers: validators };
  const [start, end] = range;
  if (start >= bytes.length) {
    throw new GoogleError(416, "The range starts after the end of the content.", {
      headers: { "content-range": `bytes */${bytes.length}` },
    });
  }
  const part = bytes.subarray(start, end + 1);
  const contentRange = `bytes ${start}-${start + part.length - 1}/${bytes.length}`;
  return { status: 206, body: undefined, bytes: part, headers: { ...validators, "content-range": contentRange } };
}

/** Parses a single byte range. Multiple ranges and invalid values select the complete content. */
function rangeOf(field: string | undefined, size: number): readonly [start: number, end: number] | undefined {
  const [, start = "", end = ""] = /^bytes=(\d*)-(\d*)$/.exec(field ?? "") ?? [];
  if (start === "") return end === "" ? undefined : [Math.max(0, size - Number(end)), size - 1];
  return [Number(start), end === "" ? size - 1 : Number(end)];
}
