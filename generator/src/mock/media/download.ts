/** Download responses: complete or partial content (RFC 9110 §14), with validators, checksums and stored headers. */
import { gunzipSync } from "node:zlib";
import type { MethodModel } from "../../model/types.js";
import { type HttpResponse, GoogleError, notModelled } from "../google-error.js";
import { type JsonObject, own, ownString } from "../json.js";
import type { HttpRequest } from "../request.js";
import { crc32c, md5 } from "./checksums.js";
import type { Content } from "./contents.js";

/** Properties of the resource that come back as headers of its content. */
const HEADERS = [
  ["cacheControl", "cache-control"],
  ["contentDisposition", "content-disposition"],
  ["contentLanguage", "content-language"],
  ["metageneration", "x-goog-metageneration"],
  ["storageClass", "x-goog-storage-class"],
] as const;

/**
 * Checks that the stored bytes are what a download method returns.
 *
 * @throws {GoogleError} 403 for the bytes of a file that was converted, 400 for an export to another type
 */
export function checkDownload(
  { id, name }: MethodModel,
  query: URLSearchParams,
  content: Content | undefined,
  item: JsonObject = {},
): void {
  const wanted = name === "export" ? query.get("mimeType") : null;
  // Content without a type of its own, from the option `contents`, may be of the type that the client wants.
  const isTyped = content !== undefined && essenceOf(content.type) !== "application/octet-stream";
  if (wanted !== null && isTyped && essenceOf(wanted) !== essenceOf(content.type))
    throw notModelled(`The mock does not convert content: ${id} returns ${content.type} only.`);
  if (name !== "export" && isEditorType(ownString(item, "mimeType") ?? ""))
    throw new GoogleError(403, "Only files with binary content can be downloaded. Use export with files of editors.", {
      reason: "fileNotDownloadable",
    });
}

function essenceOf(type: string): string {
  return (type.split(";")[0] ?? "").trim().toLowerCase();
}

/**
 * Returns the response to a download.
 *
 * @param item The resource of the content. Default: none, and the response has only the headers of the content.
 * @throws {GoogleError} 412 for another version in `If-Match`, 416 for a range after the end
 */
export function contentResponse(
  content: Content,
  { headers }: Pick<HttpRequest, "headers">,
  item: JsonObject = {},
): HttpResponse {
  const etag = `"${bare(ownString(item, "etag") ?? content.generation)}"`;
  const match = headers["if-match"];
  if (match !== undefined && !match.split(",").some((one) => one.trim() === "*" || `"${bare(one)}"` === etag))
    throw new GoogleError(412, "Precondition Failed: the content has changed.", {
      location: { name: "If-Match", type: "header" },
    });
  const encoding = ownString(item, "contentEncoding") || undefined;
  // Composite objects have no MD5.
  const hasMd5 = own(item, "componentCount") === undefined;
  const about = { ...validators(content, encoding, etag, hasMd5), ...storedHeaders(content, item) };
  const isFixed = /\bno-transform\b/i.test(ownString(item, "cacheControl") ?? "");
  if (encoding === "gzip" && !isFixed && !acceptsGzip(headers["accept-encoding"]))
    return { status: 200, body: undefined, bytes: gunzipped(content.bytes), headers: { ...about, ...GUNZIPPED } };
  const sent = encoding === undefined ? about : { ...about, "content-encoding": encoding };
  return rangeResponse(content.bytes, requestedRange(headers, etag), sent);
}

/** Google's servers decompress for clients that do not accept gzip. The checksums are those of the stored bytes. */
const GUNZIPPED = {
  vary: "Accept-Encoding",
  warning: '214 UploadServer "gunzipped"',
  "x-guploader-response-body-transformations": "gunzipped",
  "accept-ranges": "none",
};

function validators(
  { bytes, generation }: Content,
  encoding: string | undefined,
  etag: string,
  hasMd5: boolean,
): Record<string, string> {
  return {
    "accept-ranges": "bytes",
    etag,
    "x-goog-generation": generation,
    "x-goog-hash": [`crc32c=${crc32c(bytes)}`, ...(hasMd5 ? [`md5=${md5(bytes)}`] : [])].join(","),
    "x-goog-stored-content-encoding": encoding ?? "identity",
    "x-goog-stored-content-length": String(bytes.length),
  };
}

function storedHeaders({ type }: Content, item: JsonObject): Record<string, string> {
  const stored = HEADERS.flatMap(([property, header]): [string, string][] => {
    const value = ownString(item, property) || undefined;
    return value === undefined || !isFieldValue(value) ? [] : [[header, value]];
  });
  const updated = ownString(item, "updated") ?? "";
  const modified = Number.isNaN(Date.parse(updated)) ? {} : { "last-modified": new Date(updated).toUTCString() };
  const itemType = ownString(item, "contentType") || ownString(item, "mimeType") || undefined;
  // A file that was converted has the type of its editor, not that of the content.
  const isOwn = itemType !== undefined && !isEditorType(itemType) && /^[\w.+-]+\/[\x20-\x7e]+$/.test(itemType);
  return {
    "content-type": isOwn ? itemType : type,
    ...modified,
    ...Object.fromEntries(stored),
  };
}

/** Returns true for the types of Google's editors, whose files have no content of their own. */
export function isEditorType(type: string): boolean {
  return type.startsWith("application/vnd.google-apps.");
}

/** Returns true for text that an HTTP field can contain. */
function isFieldValue(text: string): boolean {
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(text);
}

function bare(etag: string): string {
  return etag.trim().replace(/^(?:W\/)?"(.*)"$/, "$1");
}

function acceptsGzip(field: string | string[] | undefined): boolean {
  const [name, ...parameters] =
    String(field ?? "")
      .split(",")
      .map((text) =>
        text
          .trim()
          .toLowerCase()
          .split(/\s*;\s*/),
      )
      .find(([coding]) => coding === "gzip" || coding === "x-gzip") ?? [];
  return name !== undefined && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
}

function gunzipped(bytes: Buffer): Buffer {
  try {
    return gunzipSync(bytes);
  } catch {
    throw notModelled("The content is not gzip, although its contentEncoding is.", "Upload compressed bytes.");
  }
}

/** Returns the `Range` of a request, if its `If-Range` names this version. */
function requestedRange({ range, "if-range": ifRange }: HttpRequest["headers"], etag: string): string | undefined {
  return ifRange === undefined || `"${bare(String(ifRange))}"` === etag ? range : undefined;
}

function rangeResponse(bytes: Buffer, field: string | undefined, headers: Record<string, string>): HttpResponse {
  const range = rangeOf(field, bytes.length);
  if (range === undefined) return { status: 200, body: undefined, bytes, headers };
  const [start, end] = range;
  if (start >= bytes.length) {
    throw new GoogleError(416, "The range starts after the end of the content.", {
      headers: { "content-range": `bytes */${bytes.length}` },
    });
  }
  const part = bytes.subarray(start, end + 1);
  const contentRange = `bytes ${start}-${start + part.length - 1}/${bytes.length}`;
  return { status: 206, body: undefined, bytes: part, headers: { ...headers, "content-range": contentRange } };
}

/** Parses a single byte range. Multiple ranges and invalid values select the complete content. */
function rangeOf(field: string | undefined, size: number): readonly [start: number, end: number] | undefined {
  const [, start = "", end = ""] = /^bytes\s*=\s*(\d*)\s*-\s*(\d*)\s*$/i.exec(field ?? "") ?? [];
  if (start === "" && end === "") return undefined;
  if (start === "") return [size - Math.min(size, Number(end)), size - 1];
  if (end !== "" && Number(end) < Number(start)) return undefined;
  return [Number(start), end === "" ? size - 1 : Number(end)];
}
