/**
 * Reads JSON as environment variables and secret stores pass it on: quoted, escaped, in Base64, with raw line breaks in
 * strings. Each repair applies only to texts that are not JSON otherwise.
 */

/** A JSON value, or where the text stops being JSON. */
export type JsonReading = { readonly value: unknown } | { readonly problem: string };

/** How often a text may be wrapped, for example as Base64 of a JSON string. */
const maxRounds = 5;

/** The parts of JSON that repairs look at: strings, of which the last may be incomplete, and escapes outside of them. */
const tokens = /"(?:[^"\\]|\\[^])*"?|\\{1,8}[nrt]/g;

/** Reads JSON. A JSON string that contains an object counts as the object. */
export function readJson(input: string, rounds: number = maxRounds): JsonReading {
  const text = input
    .replace(/^[\ufeff\u200b\s]+/, "")
    .replace(/[\u200b\0]{1,8}$/, "")
    .trim();
  const plain = parse(text);
  if ("value" in plain)
    return typeof plain.value === "string" && rounds > 0 ? inner(plain.value, plain, rounds) : plain;
  if (rounds === 0) return plain;
  for (const repair of repairs) {
    const repaired = repair(text);
    if (repaired === undefined || repaired === text) continue;
    const reading = readJson(repaired, rounds - 1);
    if ("value" in reading && typeof reading.value === "object") return reading;
  }
  return plain;
}

function inner(text: string, outer: JsonReading, rounds: number): JsonReading {
  const reading = readJson(text, rounds - 1);
  return "value" in reading ? reading : outer;
}

function parse(text: string): JsonReading {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch (error) {
    // The parser's message quotes the text, which contains the key.
    const [, digits] = /\bposition (\d+)/.exec(error instanceof Error ? error.message : "") ?? [];
    return { problem: digits === undefined ? "" : placeOf(text, Number(digits)) };
  }
}

/** Returns ` at line 3, column 7`. Empty for the end of the text. */
function placeOf(text: string, position: number): string {
  if (position >= text.length) return "";
  const lines = text.slice(0, position).split("\n");
  return ` at line ${String(lines.length)}, column ${String((lines.at(-1)?.length ?? 0) + 1)}`;
}

/** Each returns another text for the same value, or `undefined`. */
const repairs: readonly ((text: string) => string | undefined)[] = [
  withoutQuotes,
  withEscapedControls,
  withoutEscapes,
  withoutPercents,
  fromBase64,
];

/** Quotation marks around an object or around Base64. */
function withoutQuotes(text: string): string | undefined {
  return /^(["'`])([^]*)\1$/.exec(text)?.[2];
}

/** Raw line breaks in strings, and escaped ones between them. */
function withEscapedControls(text: string): string | undefined {
  if (!text.startsWith("{")) return undefined;
  return text.replaceAll(tokens, (token) =>
    // oxlint-disable-next-line no-control-regex -- JSON strings must not contain them
    token.startsWith('"') ? token.replaceAll(/[\u0000-\u001f]/g, escaped) : " ",
  );
}

/** The content of a JSON string: `{\"type\":…`. */
function withoutEscapes(text: string): string | undefined {
  if (!/^\{(?:\s|\\+[nrt])*\\+"/.test(text)) return undefined;
  // oxlint-disable-next-line no-control-regex -- JSON strings must not contain them
  return `"${text.replaceAll(/[\u0000-\u001f]/g, escaped)}"`;
}

function escaped(control: string): string {
  return `\\u${control.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

function withoutPercents(text: string): string | undefined {
  if (!/^%(?:EF|7B|22|0A|20)/i.test(text)) return undefined;
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** Base64 or Base64url, also with line breaks or as a `data:` URL. */
function fromBase64(text: string): string | undefined {
  const content = text.replace(/^data:[^,]{0,100};base64,/i, "").replaceAll(/\s|\\{1,8}[nr]/g, "");
  if (!/^[\w+/-]{8,}={0,2}$/.test(content)) return undefined;
  try {
    const decoded = atob(content.replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(decoded, (character) => character.charCodeAt(0));
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
