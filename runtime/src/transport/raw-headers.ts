/** Response headers as undici passes them: an array of alternating names and values, or a record. */
import { type HttpHeaders, type HttpResponse, header } from "./transport.js";

export type RawHeaders = HttpHeaders | readonly (Buffer | Buffer[] | string)[];

function isList(raw: RawHeaders): raw is readonly (Buffer | Buffer[] | string)[] {
  return Array.isArray(raw);
}

/** Decodes header bytes, which are Latin-1. */
function text(part: Buffer | Buffer[] | string | undefined): string {
  if (typeof part === "string") return part;
  return Array.isArray(part) ? part.map(text).join(", ") : (part?.toString("latin1") ?? "");
}

/** Returns one value without parsing the others. */
export function rawValue(raw: RawHeaders, name: string): string | undefined {
  if (!isList(raw)) return header(raw, name);
  for (let i = 0; i < raw.length; i += 2) {
    const part = raw[i];
    // Most names differ in length, which is faster to compare.
    if (part !== undefined && part.length === name.length && text(part).toLowerCase() === name) return text(raw[i + 1]);
  }
  return undefined;
}

/** Returns all fields with names in lower case. A repeated field becomes an array. */
export function readHeaders(raw: RawHeaders): HttpHeaders {
  if (!isList(raw)) return raw;
  const fields = new Map<string, string | string[]>();
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = text(raw[i]).toLowerCase();
    const value = text(raw[i + 1]);
    const known = fields.get(name);
    if (known === undefined) fields.set(name, value);
    else if (typeof known === "string") fields.set(name, [known, value]);
    else known.push(value);
  }
  return Object.fromEntries(fields);
}

/** The maximum size in bytes of a network buffer that the headers of a response may keep in memory. */
const keptBytes: number = 4096;

/** Copies header fields out of a large network buffer, which also contains the body. */
function detached(raw: RawHeaders): RawHeaders {
  const first = isList(raw) ? raw[0] : undefined;
  if (!isList(raw) || !(first instanceof Uint8Array) || first.buffer.byteLength <= keptBytes) return raw;
  return raw.map(text);
}

/** A response that parses its headers when they are read. */
export class RawResponse implements HttpResponse {
  readonly status: number;
  readonly body: HttpResponse["body"];
  readonly encoding: string | undefined;
  readonly raw: RawHeaders;

  constructor(status: number, raw: RawHeaders, body: HttpResponse["body"], encoding?: string) {
    this.status = status;
    this.raw = detached(raw);
    this.body = body;
    this.encoding = encoding;
  }

  get headers(): HttpHeaders {
    return readHeaders(this.raw);
  }
}
