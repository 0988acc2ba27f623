/**
 * Parses multipart bodies (RFC 2046 §5.1), as uploads and batch requests use them.
 *
 * Clients differ in line ends: most send CRLF; Python's clients send LF, also between binary parts. A part whose own
 * lines all end with LF keeps a CR at the end of its content.
 */
import type { GoogleError } from "../google-error.js";

export interface Part {
  /** Names are lowercase. */
  readonly headers: ReadonlyMap<string, string>;
  /** Decoded, if the part is in Base64. */
  readonly bytes: Buffer;
}

/** Returns the error for a malformed body. */
export type Malformed = (why: string) => GoogleError;

/**
 * @param subtypes Accepted subtypes of `multipart/`, in lower case.
 * @throws the error of `malformed` for another content type or an invalid body
 */
export function readParts(
  contentType: string | undefined,
  body: Buffer,
  subtypes: readonly string[],
  malformed: Malformed,
): readonly Part[] {
  const subtype = /^\s*multipart\/([\w.-]+)\s*(?:;|$)/i.exec(contentType ?? "")?.[1]?.toLowerCase();
  const wanted = subtypes.map((name) => `multipart/${name}`).join(" or ");
  if (subtype === undefined || !subtypes.includes(subtype)) throw malformed(`expected the content type ${wanted}`);
  const boundaries = boundariesIn(contentType ?? "");
  if (boundaries.length === 0) throw malformed("the content type has no boundary");
  const found = boundaries.map((boundary) => delimitersOf(body, boundary)).find(({ length }) => length > 0);
  if (found === undefined) throw malformed("it does not contain its boundary");
  return partsBetween(body, found, malformed);
}

/** Returns the possible boundaries. Python's apitools puts it in single quotes, which can also be part of a boundary. */
function boundariesIn(contentType: string): readonly string[] {
  const [, quoted, bare = ""] = /;\s*boundary\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]+))/i.exec(contentType) ?? [];
  const boundary = quoted === undefined ? bare : quoted.replaceAll(/\\(.)/g, "$1");
  const inner = quoted === undefined ? /^'(.*)'$/.exec(boundary)?.[1] : undefined;
  return [boundary, inner ?? ""].filter((text) => text !== "");
}

/** A line that separates parts. */
interface Delimiter {
  readonly start: number;
  /** Position after its line break. */
  readonly end: number;
  /** True for the line after the last part. */
  readonly isClosing: boolean;
  readonly hasCr: boolean;
}

/** Finds the delimiter lines up to the closing one. Longer lines that begin like one are content. */
function delimitersOf(body: Buffer, boundary: string): readonly Delimiter[] {
  const delimiters: Delimiter[] = [];
  const dashes = Buffer.from(`--${boundary}`);
  for (let at = body.indexOf(dashes); at !== -1; at = body.indexOf(dashes, at + 1)) {
    if (at > 0 && body[at - 1] !== LF) continue;
    const lineEnd = body.indexOf(LF, at);
    const end = lineEnd === -1 ? body.length : lineEnd + 1;
    // Longer than any padding that clients add. Limits the cost for binary content without line breaks.
    const rest = body.toString("latin1", at + dashes.length, Math.min(end, at + dashes.length + 1000));
    const isClosing = rest.startsWith("--");
    if (!isClosing && !/^[ \t]*\r?\n$/.test(rest)) continue;
    if (isClosing && !/^--[ \t]*(\r?\n)?$/.test(rest)) continue;
    delimiters.push({ start: at, end, isClosing, hasCr: rest.endsWith("\r\n") });
    if (isClosing) break;
  }
  return delimiters;
}

const LF = 10;
const CR = 13;

function partsBetween(body: Buffer, delimiters: readonly Delimiter[], malformed: Malformed): readonly Part[] {
  if (delimiters.at(-1)?.isClosing !== true) throw malformed("the closing delimiter is missing");
  return delimiters.slice(1).map((next, index) => {
    const opening = delimiters[index] ?? next;
    return readPart(body.subarray(opening.end, next.start), opening.hasCr || next.hasCr, malformed);
  });
}

/** @param section From the first header to the next delimiter, with the line break that belongs to the delimiter. */
function readPart(section: Buffer, isCrlf: boolean, malformed: Malformed): Part {
  const { lines, end } = headLines(section);
  const fields = unfolded(lines.map((line) => line.replace(/\r$/, "")));
  const invalid = fields.find((field) => !/^[^\s:]+[ \t]*:/.test(field));
  if (invalid !== undefined) throw malformed("a part has no valid headers");
  const headers = new Map(
    fields.map((field): [string, string] => {
      const colon = field.indexOf(":");
      return [field.slice(0, colon).trim().toLowerCase(), field.slice(colon + 1).trim()];
    }),
  );
  const hasCr = isCrlf || lines.some((line) => line.endsWith("\r"));
  const content = section.subarray(end, contentEnd(section, hasCr));
  return { headers, bytes: decoded(content, headers.get("content-transfer-encoding"), malformed) };
}

/** Returns the lines before the first empty line, and the position after it. */
function headLines(section: Buffer): { readonly lines: readonly string[]; readonly end: number } {
  const lines: string[] = [];
  let start = 0;
  while (start < section.length) {
    const lineEnd = section.indexOf(LF, start);
    const end = lineEnd === -1 ? section.length : lineEnd;
    const line = section.toString("utf8", start, end);
    start = end + 1;
    if (line === "" || line === "\r") break;
    lines.push(line);
  }
  return { lines, end: Math.min(start, section.length) };
}

/** Joins folded fields (RFC 5322 §2.2.3). */
function unfolded(lines: readonly string[]): readonly string[] {
  const fields: string[] = [];
  for (const line of lines) {
    const previous = fields.pop();
    if (previous === undefined) fields.push(line);
    else if (/^[ \t]/.test(line)) fields.push(`${previous} ${line.trim()}`);
    else fields.push(previous, line);
  }
  return fields;
}

function contentEnd(section: Buffer, isCrlf: boolean): number {
  const end = section.length - 1;
  return isCrlf && section[end - 1] === CR ? end - 1 : end;
}

function decoded(content: Buffer, encoding: string | undefined, malformed: Malformed): Buffer {
  switch ((encoding ?? "binary").toLowerCase()) {
    case "7bit":
    case "8bit":
    case "binary":
      return content;
    case "base64": {
      const text = content.toString("latin1").replaceAll(/\s/g, "");
      if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.replace(/=+$/, "").length % 4 === 1)
        throw malformed("a part is not valid Base64");
      return Buffer.from(text, "base64");
    }
    default:
      throw malformed("a part has an unknown Content-Transfer-Encoding");
  }
}
