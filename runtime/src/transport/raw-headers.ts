/** Response headers as undici gives them: names and values in turn, or a record that it has made of them. */
import { type HttpHeaders, type HttpResponse, header } from "./transport.js";

export type RawHeaders = HttpHeaders | readonly (Buffer | Buffer[] | string)[];

function isList(raw: RawHeaders): raw is readonly (Buffer | Buffer[] | string)[] {
  return Array.isArray(raw);
}

/** Header bytes are Latin-1. */
function text(part: Buffer | Buffer[] | string | undefined): string {
  if (typeof part === "string") return part;
  return Array.isArray(part) ? part.map(text).join(", ") : (part?.toString("latin1") ?? "");
}

/** One value, without reading the others. */
export function rawValue(raw: RawHeaders, name: string): string | undefined {
  if (!isList(raw)) return header(raw, name);
  for (let i = 0; i < raw.length; i += 2) {
    const part = raw[i];
    // Most names differ in length, which is quicker to see than their letters.
    if (part !== undefined && part.length === name.length && text(part).toLowerCase() === name) return text(raw[i + 1]);
  }
  return undefined;
}

/** All fields with names in lower case; one that comes twice becomes a list. */
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

/** Bytes of a connection that a response may keep for the sake of its headers. */
const keptBytes: number = 4096;

/** The header fields without what else the connection delivered with them, which is the body itself. */
function detached(raw: RawHeaders): RawHeaders {
  const first = isList(raw) ? raw[0] : undefined;
  if (!isList(raw) || !(first instanceof Uint8Array) || first.buffer.byteLength <= keptBytes) return raw;
  return raw.map(text);
}

/** A response whose headers are read when they are used. */
export class Answer implements HttpResponse {
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
