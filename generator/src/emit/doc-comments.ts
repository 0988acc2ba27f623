/**
 * Text of a document → text of a doc comment.
 *
 * The text cannot end its comment, start a doc tag, hide characters or change the reading direction.
 */
import { withoutHtml } from "./markdown.js";
import type { EnumModel } from "../model/types.js";

/** Longer lines are broken at a space, if there is one. */
const WIDTH = 110;

/** The contents of a doc comment. Text is raw unless noted. */
export interface DocParts {
  readonly description?: string;
  /** Our own paragraphs, already safe. */
  readonly notes?: readonly string[];
  readonly enum?: EnumModel | undefined;
  readonly default?: string | undefined;
  readonly deprecated?: boolean;
  /** Lines of code, made of names of the model. */
  readonly example?: readonly string[];
  /** A link, already checked to be http(s). */
  readonly see?: string | undefined;
}

/** Returns the lines of a doc comment without its delimiters. */
export function docLines(parts: DocParts): readonly string[] {
  const lines: string[] = [];
  const addParagraph = (paragraph: readonly string[]) => {
    if (lines.length > 0 && paragraph.length > 0) lines.push("");
    lines.push(...paragraph);
  };
  const { description = "", notes = [], example = [] } = parts;
  if (description !== "") addParagraph(wrapped(safeText(withoutValueLines(description, parts.enum))));
  if (parts.enum !== undefined) addParagraph(enumLines(parts.enum));
  for (const note of notes) addParagraph(wrapped(note));
  // Tags need no empty line before them.
  if (parts.default !== undefined) lines.push(`@defaultValue ${inlineCode(parts.default)}`);
  if (parts.deprecated === true) lines.push("@deprecated");
  for (const [index, line] of example.entries()) lines.push(index === 0 ? `@example ${line}` : line);
  if (parts.see !== undefined) lines.push(`@see ${safeText(parts.see)}`);
  return lines;
}

/** Removes the lines that describe enum values: {@link enumLines} lists them. */
function withoutValueLines(description: string, values: EnumModel | undefined): string {
  if (values === undefined || !description.includes("\n")) return description;
  const listed = new Set(values.values.map((value) => `${value.value}: ${value.description}`));
  return description
    .split("\n")
    .filter((line) => !listed.has(line.replace(/^\s*[-*]?\s*/, "").trim()))
    .join("\n");
}

/** Lists the values that have a description or are deprecated; the type shows the others. */
function enumLines({ values }: EnumModel): readonly string[] {
  return values.flatMap(({ value, description, deprecated }) => {
    if ((description === "" && !deprecated) || isUnspecified(value, description)) return [];
    const text = safeText(description).replace(/\s+/g, " ");
    const parts = [deprecated ? "Deprecated." : "", text].filter((part) => part !== "");
    return wrapped(`- ${inlineCode(value)}: ${parts.join(" ")}`, "  ");
  });
}

/** Whether a text only repeats the name: `STATE_UNSPECIFIED`: "The state is unknown." (AIP-126). */
function isUnspecified(value: string, text: string): boolean {
  const repeats = /\b(?:unspecified|unknown|unset|default value|invalid|not (?:be )?(?:set|specified|known|used))\b/i;
  return value.endsWith("_UNSPECIFIED") && text.length < 100 && repeats.test(text);
}

/** One line of printable ASCII without characters that need an escape. Most texts match. */
const PLAIN = /^[ -%'-)+-;=-?A-z|~]*$/;

/** Converts text to Markdown that is safe inside a comment. */
export function safeText(text: string): string {
  if (PLAIN.test(text) && !text.includes("URL=")) return withLists(text.trim());
  const clean = withoutHtml(text)
    .replace(/\r\n?|[\u2028\u2029]/g, "\n")
    // oxlint-disable-next-line no-control-regex -- these characters are removed on purpose
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, "")
    .replace(/\{@code ([^{}]*)\}/g, "`$1`")
    // Tools follow the address of a source map even in a comment.
    .replace(/([#@])\s+(?=source(?:Mapping)?URL=)/g, "$1");
  return withLists(escaped(clean))
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}

/** A code span within one line. Escapes inside it would be visible. */
const CODE_SPAN = /(`[^`\n]+`)/;

function escaped(text: string): string {
  return text
    .split(CODE_SPAN)
    .map((part, index) => (index % 2 === 1 ? codeSpan(part.slice(1, -1)) : escapedProse(part)))
    .join("");
}

function escapedProse(text: string): string {
  return (
    text
      .replaceAll("*/", "*\\/")
      .replaceAll("/*", "/\\*")
      // A tag is an @ without a word character before it. Mail addresses stay.
      .replace(/(?<![\w\\])@/g, "\\@")
  );
}

/** Splits the span at the end of a comment, and at an @ that the compiler reads as a tag inside a span. */
function codeSpan(code: string): string {
  return `\`${code.replaceAll("*/", "*`/`").replaceAll(/\s@/g, "` `@")}\``.replaceAll("``", "");
}

/** A value as inline code. Backticks are removed: Markdown has no escape for them there. */
export function inlineCode(value: string): string {
  const code = value.replaceAll("`", "").replace(/\s+/g, " ").trim();
  return code === "" ? "``" : safeText(`\`${code}\``);
}

/**
 * Puts list items on separate lines: Google's documents write `Possible values: * A * B` on one line. A first item
 * follows a colon, a full stop or the start of the line; elsewhere the bullet may be a product or a dash.
 */
function withLists(text: string): string {
  if (!text.includes(" * ") && !text.includes(" - ")) return text;
  return text
    .split("\n")
    .map((line) => {
      for (const bullet of [" * ", " - "]) {
        const parts = split(line, bullet);
        const [intro = "", ...items] = parts;
        const isList =
          items.length > 1 &&
          /[:.]$|^[*-]? ?$/.test(intro) &&
          (bullet === " * " || parts.slice(1, -1).every((item) => /[.;:]$/.test(item)));
        if (isList) return [intro, ...items.map((item) => `- ${item.trim()}`)].join("\n");
      }
      return line;
    })
    .join("\n");
}

/** Splits a line at the separators outside code spans. */
function split(line: string, separator: string): readonly string[] {
  if (!line.includes(separator)) return [line];
  const spans: string[] = [];
  const masked = line.replaceAll(/`[^`]+`/g, (span) => `\u0000${String(spans.push(span) - 1)}\u0000`);
  // safeText() removed U+0000, so every second part is the index of a span.
  const restored = (part: string): string => {
    const parts = part.split("\u0000");
    return parts.map((text, index) => (index % 2 === 0 ? text : (spans[Number(text)] ?? ""))).join("");
  };
  return masked.split(separator).map(restored);
}

/** Text that would make the next line a list, heading, quote or fence if a line were broken before it. */
const BLOCK_START = /(?:[-+*=#>|~@]|```|\d+[.)])/y;

/** Breaks text into lines; `indent` is for the lines after the first. */
export function wrapped(text: string, indent = ""): readonly string[] {
  if (text === "") return [];
  if (text.length <= WIDTH && !text.includes("\n")) return [text];
  return text.split("\n").flatMap((line) => {
    if (line.length <= WIDTH && !line.startsWith(" ")) return [line];
    const start = line.replace(/^ +/, "");
    return wrappedLine(start, /^[-*] /.test(start) ? "  " : indent);
  });
}

/** Breaks at the last space that fits, but not before a {@link BLOCK_START}. */
function wrappedLine(line: string, indent: string): readonly string[] {
  const lines: string[] = [];
  let start = 0;
  let prefix = "";
  while (prefix.length + line.length - start > WIDTH) {
    let end = line.lastIndexOf(" ", start + WIDTH - prefix.length);
    while (end > start && startsBlock(line, end + 1)) end = line.lastIndexOf(" ", end - 1);
    if (end <= start) end = line.indexOf(" ", start + 1);
    while (end !== -1 && startsBlock(line, end + 1)) end = line.indexOf(" ", end + 1);
    if (end === -1) break;
    lines.push(prefix + line.slice(start, end));
    start = end + 1;
    prefix = indent;
  }
  return [...lines, prefix + line.slice(start)];
}

function startsBlock(line: string, at: number): boolean {
  BLOCK_START.lastIndex = at;
  return BLOCK_START.test(line);
}
