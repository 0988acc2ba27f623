/** Encodes requests as a batch: `multipart/mixed` (RFC 2046 §5.1) of `application/http` (RFC 9112 §10.2). Pure. */
import { byteLength } from "../platform/bytes.js";
import type { HeaderRecord } from "../request/headers.js";
import type { HttpRequest } from "../transport/transport.js";

/** A body and its type. */
export interface EncodedBatch {
  readonly contentType: string;
  readonly body: string;
}

/** @param id Must not occur in the requests. The boundary and the names of the parts contain it. */
export function encodeBatch(requests: readonly HttpRequest[], id: string): EncodedBatch {
  const boundary = `batch_${id}`;
  const parts = requests.map((request, index) => `--${boundary}\r\n${partOf(request, contentId(id, index))}\r\n`);
  return { contentType: `multipart/mixed; boundary=${boundary}`, body: `${parts.join("")}--${boundary}--\r\n` };
}

/** In Google's responses, `response-` precedes it. */
function contentId(id: string, index: number): string {
  return `<${id} + ${String(index)}>`;
}

/** Returns the index of the request that a Content-ID names; `undefined` if it is not from this batch. */
export function indexOfContentId(value: string, id: string): number | undefined {
  const plus = value.lastIndexOf("+");
  const index = /^ *(\d{1,4})>?$/.exec(value.slice(plus + 1))?.[1];
  return index !== undefined && value.slice(0, Math.max(plus, 0)).trimEnd().endsWith(id) ? Number(index) : undefined;
}

function partOf({ body, headers, method, origin, path }: HttpRequest, name: string): string {
  const lines = [
    "Content-Type: application/http",
    "Content-Transfer-Encoding: binary",
    "MIME-Version: 1.0",
    `Content-ID: ${name}`,
    "",
    `${method} ${path} HTTP/1.1`,
    `host: ${new URL(origin).host}`,
  ];
  for (const [field, value] of Object.entries(headers)) {
    // The complete response is compressed, not its parts.
    if (field !== "accept-encoding" && field !== "host") lines.push(`${field}: ${value}`);
  }
  // The collector rejects bodies that are not strings.
  const text = typeof body === "string" ? body : "";
  if (text !== "") lines.push(`content-length: ${String(byteLength(text))}`);
  return `${lines.join("\r\n")}\r\n\r\n${text}`;
}

/**
 * Returns the headers of the batch request: those that all requests have, for servers that read only these. Google
 * applies them to parts without such a header, and each part has its own.
 */
export function sharedHeaders(requests: readonly HttpRequest[]): HeaderRecord {
  const [first, ...others] = requests;
  const shared = Object.entries(first?.headers ?? {}).filter(
    ([name]) => !ownOfParts.test(name) && others.every(({ headers }) => headers[name] !== undefined),
  );
  return Object.fromEntries(shared);
}

/** Headers that describe one request, not the caller. */
const ownOfParts: RegExp = /^(?:accept|content-.*|host|if-.*|range|x-http-method-override)$/;
