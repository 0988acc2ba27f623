/**
 * Parses the response to a batch: `multipart/*` (RFC 2046 §5.1) of `application/http`. Pure, linear in the text, and
 * never throws: an unreadable part has no response.
 *
 * Lenient, because servers differ: lines end with LF or CRLF, names are in any case, fields may be folded, and text may
 * precede and follow the parts.
 */
import { errorBodyLimit } from "../transport/failure.js";
import type { HttpHeaders, HttpResponse } from "../transport/transport.js";

/** One part of the response. */
export interface ResponsePart {
  readonly contentId: string | undefined;
  /** `undefined`: the part is not an HTTP response. */
  readonly response: HttpResponse | undefined;
}

/** Returns the boundary of a `multipart/*` type; `undefined` for any other type. */
export function boundaryOf(contentType: string): string | undefined {
  const type = /^\s*multipart\/[\w.+-]+\s*;/i.exec(contentType)?.[0];
  if (type === undefined) return undefined;
  const parameter = /(?:^|;)\s*boundary\s*=\s*(?:"((?:[^"\\]|\\.)+)"|([^\s;"]+))/i;
  const [, quoted, bare] = parameter.exec(contentType.slice(type.length)) ?? [];
  return quoted?.replaceAll(/\\(.)/g, "$1") ?? bare;
}

/** Returns the parts between these boundaries, in their order. */
export function parseParts(body: string, boundary: string): ResponsePart[] {
  // So that the first line begins like every other.
  const text = `\n${body}`;
  const parts: ResponsePart[] = [];
  let start: number | undefined;
  for (const { from, isLast, to } of delimiters(text, `\n--${boundary}`)) {
    if (start !== undefined) parts.push(parsePart(text.slice(start, from)));
    start = to;
    if (isLast) return parts;
  }
  // The last delimiter is missing. The last part may be complete; decoding its body decides that.
  if (start !== undefined) parts.push(parsePart(text.slice(start)));
  return parts;
}

interface Delimiter {
  /** The offset of its beginning, including the line break before it. */
  readonly from: number;
  /** The offset after it. */
  readonly to: number;
  readonly isLast: boolean;
}

function* delimiters(text: string, marker: string): Generator<Delimiter, void, undefined> {
  for (let at = text.indexOf(marker); at !== -1; at = text.indexOf(marker, at + marker.length)) {
    const end = text.indexOf("\n", at + marker.length);
    const to = end === -1 ? text.length : end + 1;
    const rest = text.slice(at + marker.length, to).trimEnd();
    if (rest === "" || rest === "--") yield { from: text[at - 1] === "\r" ? at - 1 : at, to, isLast: rest === "--" };
  }
}

function parsePart(text: string): ResponsePart {
  const outer = parseFields(text);
  const contentId = valueOf(outer.fields.get("content-id"));
  const inner = outer.rest;
  const [line, status] = /^HTTP\/\d(?:\.\d)? ([1-5]\d\d)(?: [^\r\n]*)?(?:\r?\n|$)/.exec(inner) ?? [];
  if (line === undefined) return { contentId, response: undefined };
  const { fields, rest } = parseFields(inner.slice(line.length));
  const code = Number(status);
  // Line breaks after a body belong to the delimiter. Some servers send several.
  const body = code < 300 ? rest.trimEnd() : rest.slice(0, errorBodyLimit).trimEnd();
  const headers: HttpHeaders = Object.fromEntries(fields);
  return { contentId, response: { status: code, headers, body } };
}

/** Returns the header fields up to the empty line, and the text after it. A repeated field becomes an array. */
function parseFields(text: string): { readonly fields: Map<string, string | string[]>; readonly rest: string } {
  const fields = new Map<string, string | string[]>();
  let at = 0;
  let unfolded = "";
  while (at < text.length) {
    const end = text.indexOf("\n", at);
    const line = text.slice(at, end === -1 ? text.length : end).replace(/\r$/, "");
    at = end === -1 ? text.length : end + 1;
    const isContinued = line.startsWith(" ") || line.startsWith("\t");
    if (isContinued) {
      unfolded += ` ${line.trim()}`;
      continue;
    }
    addField(fields, unfolded);
    unfolded = line;
    if (line === "") break;
  }
  addField(fields, unfolded);
  return { fields, rest: text.slice(at) };
}

/** Adds a field. Ignores lines that `Headers` would reject. */
function addField(fields: Map<string, string | string[]>, line: string): void {
  const [, name, value] = /^([\w!#$%&'*+.^`|~-]+):([\t\u0020-\u007e\u0080-\u00ff]*)$/.exec(line) ?? [];
  if (name === undefined || value === undefined) return;
  const key = name.toLowerCase();
  const known = fields.get(key);
  if (known === undefined) fields.set(key, value.trim());
  else if (typeof known === "string") fields.set(key, [known, value.trim()]);
  else known.push(value.trim());
}

function valueOf(value: string | string[] | undefined): string | undefined {
  return typeof value === "string" ? value : value?.[0];
}
