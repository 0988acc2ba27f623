/** Content as an answer: whole or in part (RFC 9110 §14), with the marks that tell one state of it from another. */
import { type Answer, GoogleError } from "../google-error.js";
import type { HttpRequest } from "../listener.js";
import { type Content, md5 } from "./contents.js";
import { crc32c } from "./crc32c.js";

export function contentAnswer({ bytes, type, generation }: Content, { headers }: HttpRequest): Answer {
  const etag = `"${generation}"`;
  const marks = {
    "content-type": type,
    "accept-ranges": "bytes",
    etag,
    "x-goog-generation": generation,
    "x-goog-hash": `crc32c=${crc32c(bytes)},md5=${md5(bytes)}`,
  };
  const ifRange = headers["if-range"];
  const range = ifRange === undefined || ifRange === etag ? rangeOf(headers.range, bytes.length) : undefined;
  if (range === undefined) return { status: 200, body: undefined, bytes, headers: marks };
  const [start, end] = range;
  if (start >= bytes.length) {
    throw new GoogleError(416, "The range begins behind the end of the content.", {
      headers: { "content-range": `bytes */${bytes.length}` },
    });
  }
  const part = bytes.subarray(start, end + 1);
  const contentRange = `bytes ${start}-${start + part.length - 1}/${bytes.length}`;
  return { status: 206, body: undefined, bytes: part, headers: { ...marks, "content-range": contentRange } };
}

/** One range of bytes; several, or none that is well formed, ask for the whole. */
function rangeOf(field: string | undefined, size: number): readonly [start: number, end: number] | undefined {
  const [, start = "", end = ""] = /^bytes=(\d*)-(\d*)$/.exec(field ?? "") ?? [];
  if (start === "") return end === "" ? undefined : [Math.max(0, size - Number(end)), size - 1];
  return [Number(start), end === "" ? size - 1 : Number(end)];
}
