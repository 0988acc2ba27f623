/**
 * Text of a document → text of a doc comment that says what it says and cannot do anything else.
 *
 * No text can end its comment, begin a doc tag, hide characters or turn the reading direction.
 */
import { withoutHtml } from "./markdown.js";
import type { EnumModel } from "../model/types.js";

/** Lines are broken before this column, where a space allows it. */
const WIDTH = 110;

/** What a doc comment may tell. All text is raw. */
export interface DocParts {
  readonly description?: string;
  /** Paragraphs of our own, already safe. */
  readonly notes?: readonly string[];
  readonly enum?: EnumModel | undefined;
  readonly default?: string | undefined;
  readonly deprecated?: boolean;
  /** Lines of code, made of the model's names. */
  readonly example?: readonly string[];
  /** Links, already checked to be http(s). */
  readonly see?: string | undefined;
}

/** The lines of a doc comment, without its delimiters; empty when there is nothing to tell. */
export function docLines(parts: DocParts): readonly string[] {
  const blocks: (readonly string[])[] = [];
  const description = wrapped(safeText(withoutValueLines(parts.description ?? "", parts.enum)));
  if (description.length > 0) blocks.push(description);
  if (parts.enum !== undefined) blocks.push(enumLines(parts.enum));
  for (const note of parts.notes ?? []) blocks.push(wrapped(note));
  const tags = [
    ...(parts.default === undefined ? [] : [`@defaultValue ${inlineCode(parts.default)}`]),
    ...(parts.deprecated === true ? ["@deprecated"] : []),
    ...(parts.example ?? []).map((line, index) => (index === 0 ? `@example ${line}` : line)),
    ...(parts.see === undefined ? [] : [`@see ${safeText(parts.see)}`]),
  ];
  const text = blocks
    .filter((block) => block.length > 0)
    .flatMap((block, index) => (index === 0 ? block : ["", ...block]));
  // A tag ends the text before it by itself.
  return [...text, ...tags];
}

/** Values that were harvested out of the description are told as a list, and need not be told twice. */
function withoutValueLines(description: string, values: EnumModel | undefined): string {
  if (values === undefined || !description.includes("\n")) return description;
  const told = new Set(values.values.map((value) => `${value.value}: ${value.description}`));
  return description
    .split("\n")
    .filter((line) => !told.has(line.replace(/^\s*[-*]?\s*/, "").trim()))
    .join("\n");
}

/** Values with a text or a deprecation; those without add nothing to the type. */
function enumLines({ values }: EnumModel): readonly string[] {
  return values.flatMap(({ value, description, deprecated }) => {
    if ((description === "" && !deprecated) || isUnspecified(value, description)) return [];
    const text = safeText(description).replace(/\s+/g, " ");
    const told = [deprecated ? "Deprecated." : "", text].filter((part) => part !== "").join(" ");
    return wrapped(`- ${inlineCode(value)}: ${told}`, "  ");
  });
}

/** Whether a text says no more than the name: `STATE_UNSPECIFIED`: "The state is unknown." (AIP-126). */
function isUnspecified(value: string, text: string): boolean {
  const says = /\b(?:unspecified|unknown|unset|default value|invalid|not (?:be )?(?:set|specified|known|used))\b/i;
  return value.endsWith("_UNSPECIFIED") && text.length < 100 && says.test(text);
}

/** One line of printable ASCII that holds nothing to be made safe, which most texts are. */
const PLAIN = /^[ -%'-)+-;=-?A-z|~]*$/;

/** Text as Markdown that is inert in a comment. */
export function safeText(text: string): string {
  if (PLAIN.test(text) && !text.includes("URL=")) return withLists(text.trim());
  const clean = withoutHtml(text)
    .replace(/\r\n?|[\u2028\u2029]/g, "\n")
    // oxlint-disable-next-line no-control-regex -- what must not come through is exactly this
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, "")
    .replace(/\{@code ([^{}]*)\}/g, "`$1`")
    // Tools that look for source maps would follow it, even in a comment.
    .replace(/([#@])\s+(?=source(?:Mapping)?URL=)/g, "$1");
  return withLists(escaped(clean))
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}

/** A code span within one line; in it an escape would be shown. */
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
      // A tag is an @ that no word character precedes; mail addresses stay.
      .replace(/(?<![\w\\])@/g, "\\@")
  );
}

/** The end of a comment splits a span in two, and so does what the compiler reads as a tag even there. */
function codeSpan(code: string): string {
  return `\`${code.replaceAll("*/", "*`/`").replaceAll(/\s@/g, "` `@")}\``.replaceAll("``", "");
}

/** A value as inline code; backticks in it are dropped, as no escape exists for them there. */
export function inlineCode(value: string): string {
  const code = value.replaceAll("`", "").replace(/\s+/g, " ").trim();
  return code === "" ? "``" : safeText(`\`${code}\``);
}

/**
 * Google's documents write a list on one line: `Possible values: * A * B`. Each item gets a line of its own again. Only
 * what follows a colon, a full stop or the start is the first item; elsewhere it may be a product or a dash.
 */
function withLists(text: string): string {
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

/** The parts between separators that stand outside of code spans. */
function split(line: string, separator: string): readonly string[] {
  if (!line.includes(separator)) return [line];
  const spans: string[] = [];
  const masked = line.replaceAll(/`[^`]+`/g, (span) => `\u0000${String(spans.push(span) - 1)}\u0000`);
  // No text holds U+0000 at this point, so every second part is the index of a span.
  const restored = (part: string): string => {
    const parts = part.split("\u0000");
    return parts.map((text, index) => (index % 2 === 0 ? text : (spans[Number(text)] ?? ""))).join("");
  };
  return masked.split(separator).map(restored);
}

/** Text that would turn the rest of a line, moved to the next, into a list, heading, quote or fence. */
const BLOCK_START = /(?:[-+*=#>|~@]|```|\d+[.)])/y;

export function wrapped(text: string, indent = ""): readonly string[] {
  if (text === "") return [];
  if (text.length <= WIDTH && !text.includes("\n")) return [text];
  return text.split("\n").flatMap((line) => {
    const start = line.replace(/^ +/, "");
    return wrappedLine(start, /^[-*] /.test(start) ? "  " : indent);
  });
}

/** Breaks at the last space that fits, never before a {@link BLOCK_START}. */
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
