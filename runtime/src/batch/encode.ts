/** Requests to the body of a batch: `multipart/mixed` (RFC 2046 §5.1) of `application/http` (RFC 9112 §10.2). Pure. */
import { byteLength } from "../platform/bytes.js";
import type { HeaderRecord } from "../request/headers.js";
import type { HttpRequest } from "../transport/transport.js";

/** A body and its type. */
export interface EncodedBatch {
  readonly contentType: string;
  readonly body: string;
}

/** `id` is found in none of the requests: it makes the boundary, and with a number behind it the name of each part. */
export function encodeBatch(requests: readonly HttpRequest[], id: string): EncodedBatch {
  const boundary = `batch_${id}`;
  const parts = requests.map((request, index) => `--${boundary}\r\n${partOf(request, contentId(id, index))}\r\n`);
  return { contentType: `multipart/mixed; boundary=${boundary}`, body: `${parts.join("")}--${boundary}--\r\n` };
}

/** Google's answers say `response-` in front of it. */
function contentId(id: string, index: number): string {
  return `<${id} + ${String(index)}>`;
}

/** The index of the request that an answer with this Content-ID is for; `undefined` where it is not of this batch. */
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
    // The answer is compressed as a whole.
    if (field !== "accept-encoding" && field !== "host") lines.push(`${field}: ${value}`);
  }
  // Bodies that are no strings do not get here.
  const text = typeof body === "string" ? body : "";
  if (text !== "") lines.push(`content-length: ${String(byteLength(text))}`);
  return `${lines.join("\r\n")}\r\n\r\n${text}`;
}

/**
 * Fields of the request that carries these: what every one of them has, for whoever looks only there. Google adds such
 * a field to each part that does not say it itself, and here each does.
 */
export function sharedHeaders(requests: readonly HttpRequest[]): HeaderRecord {
  const [first, ...others] = requests;
  const shared = Object.entries(first?.headers ?? {}).filter(
    ([name]) => !ownOfParts.test(name) && others.every(({ headers }) => headers[name] !== undefined),
  );
  return Object.fromEntries(shared);
}

/** About one request or answer, not about who asks. */
const ownOfParts: RegExp = /^(?:accept|content-.*|host|if-.*|range|x-http-method-override)$/;
