/** Reads errors in XML and HTML, which storage services, proxies and load balancers send. */

/** The maximum number of characters that are read. */
const maxLength: number = 128 * 1024;

/** The error in the markup. */
export interface MarkupError {
  readonly reason: string | undefined;
  readonly message: string | undefined;
  /** More text about the same error. */
  readonly details: string | undefined;
}

/** An element and its text. */
type Element = readonly [name: string, text: string];

// Linear in the text: an unclosed token extends to the end of the text, and a tag ends at the next angle bracket.
const token: RegExp = /<!\[CDATA\[([\s\S]*?)(?:\]\]>|$)|<!--[\s\S]*?(?:-->|$)|<([^<>]*)>|([^<]+)|</g;

const pageTags: ReadonlySet<string> = new Set(
  "b body br center div font h1 h2 h3 head hr html i meta p pre script span style table title".split(" "),
);
const pageNames: ReadonlySet<string> = new Set(["h1", "h2", "p", "script", "style", "title"]);
const errorNames: ReadonlySet<string> = new Set([
  "code",
  "description",
  "detail",
  "details",
  "faultstring",
  "internalreason",
  "message",
]);

/** Reads an error from XML (`<Error><Code>…`), or from the title, a heading or a paragraph of a web page. */
export function readMarkup(markup: string): MarkupError {
  const text = markup.slice(0, maxLength);
  return isPage(text) ? readPage(text) : readError(text);
}

/** Whether the first element is an HTML element. */
export function isPage(markup: string): boolean {
  const [, name = ""] = /<(?:!doctype\s{1,9})?([a-z][\w:.-]{0,50})/i.exec(markup.slice(0, maxLength)) ?? [];
  return pageTags.has(name.toLowerCase());
}

function readError(xml: string): MarkupError {
  const { elements, rest } = elementsOf(xml, errorNames);
  const first = (...names: readonly string[]): string | undefined =>
    names
      .map((name) => elements.find(([found, text]) => found === name && text !== "")?.[1])
      .find((text) => text !== undefined);
  const reason = first("code");
  const details = first("details", "detail");
  const message = first("message", "faultstring", "description", "internalreason");
  if (reason === undefined && message === undefined && details === undefined)
    return { reason, message: rest === "" ? undefined : rest, details };
  return message === undefined ? { reason, message: details, details: undefined } : { reason, message, details };
}

function readPage(html: string): MarkupError {
  const { elements, rest } = elementsOf(html, pageNames);
  const title = elements.find(([name]) => name === "title")?.[1] ?? "";
  const blocks = elements.filter(([name, text]) => /^[hp]/.test(name) && !isEmptyPhrase(text)).map(([, text]) => text);
  const more = isEmptyPhrase(title) ? (blocks[0] ?? rest) : "";
  const message = [title, more].filter((part) => part !== "").join(": ");
  return { reason: undefined, message: message === "" ? undefined : message, details: undefined };
}

/** Whether a text contains only a status, such as Google's "Error 404 (Not Found)!!1" and "404. That’s an error." */
function isEmptyPhrase(text: string): boolean {
  return (
    text === "" ||
    /^(?:error\W*)?\d{3}\b\W*(?:that.s an error\W*|\([^)]{0,50}\)\W*1?)?$/i.test(text) ||
    /^error\W*$/i.test(text)
  );
}

/** Returns the elements with these names in order, and the other text. An element ends where the next one begins. */
function elementsOf(markup: string, names: ReadonlySet<string>): { elements: readonly Element[]; rest: string } {
  const elements: Element[] = [];
  let name: string | undefined;
  let text = "";
  let rest = "";
  const end = (): void => {
    if (name !== undefined) elements.push([name, tidy(text)]);
    name = undefined;
    text = "";
  };
  for (const [, cdata, tag, plain] of markup.matchAll(token)) {
    const content = cdata ?? (plain === undefined ? "" : decodeEntities(plain));
    if (name === undefined) rest += content;
    else text += content;
    const [, slash, found = ""] = /^(\/?)(?:[\w.-]{1,100}:)?([\w.-]{1,100})/.exec(tag ?? "") ?? [];
    const local = found.toLowerCase();
    if (tag === undefined || (name === undefined && !names.has(local))) {
      // A space separates the text of adjacent elements.
      if (tag !== undefined) rest += " ";
    } else if (slash === "/") {
      if (local === name) end();
    } else if (names.has(local) && !tag.endsWith("/") && !isRaw(name)) {
      end();
      name = local;
    }
  }
  end();
  return { elements, rest: tidy(rest) };
}

/** Whether the text of an element is not markup. */
function isRaw(name: string | undefined): boolean {
  return name === "script" || name === "style";
}

function tidy(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

const entities: { readonly [name: string]: string } = {
  amp: "&",
  apos: "'",
  gt: ">",
  lt: "<",
  nbsp: " ",
  rsquo: "’",
  quot: '"',
};

function decodeEntities(text: string): string {
  return text.replace(
    /&(?:#(\d{1,7})|#x([\da-f]{1,6})|(amp|apos|gt|lt|nbsp|quot|rsquo));/gi,
    (entity, decimal, hex, name) => {
      if (typeof name === "string") return entities[name.toLowerCase()] ?? "";
      const code = typeof decimal === "string" ? Number(decimal) : Number.parseInt(String(hex), 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : String(entity);
    },
  );
}
