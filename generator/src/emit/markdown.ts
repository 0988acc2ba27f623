/** HTML in descriptions of older documents → the Markdown that editors show. */

const TAGS: Readonly<Record<string, readonly [open: string, close: string]>> = {
  b: ["**", "**"],
  strong: ["**", "**"],
  i: ["_", "_"],
  em: ["_", "_"],
  code: ["`", "`"],
  tt: ["`", "`"],
  br: ["\n", ""],
  p: ["\n\n", "\n\n"],
  div: ["\n", "\n"],
  pre: ["\n", "\n"],
  li: ["\n- ", ""],
  dt: ["\n", "\n"],
  dd: ["", "\n"],
  ul: ["", "\n"],
  ol: ["", "\n"],
  dl: ["", "\n"],
  h1: ["\n\n", "\n\n"],
  h2: ["\n\n", "\n\n"],
  h3: ["\n\n", "\n\n"],
  h4: ["\n\n", "\n\n"],
  table: ["\n", "\n"],
  tr: ["\n", ""],
  td: [" ", ""],
  th: [" ", ""],
  span: ["", ""],
  sup: ["", ""],
  sub: ["", ""],
  var: ["", ""],
  a: ["", ""],
};

const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  apos: "'",
  gt: ">",
  lt: "<",
  nbsp: " ",
  quot: '"',
  "#39": "'",
};

/** Converts known HTML tags. Others, such as `<project-id>`, are placeholders and stay. */
export function withoutHtml(text: string): string {
  if (!/[<&]/.test(text)) return text;
  return text
    .replace(/<a\s[^<>]*?href\s*=\s*["']?(https?:\/\/[^\s"'<>]+)["']?[^<>]*>([^<]*)<\/a>/gi, "[$2]($1)")
    .replace(/<(\/?)([a-z][a-z0-9]*)(?:\s[^<>]*)?\/?>/gi, (match, slash: string, name: string) => {
      const tag = name.toLowerCase();
      const known = Object.hasOwn(TAGS, tag) ? TAGS[tag] : undefined;
      return known === undefined ? match : (known[slash === "" ? 0 : 1] ?? "");
    })
    .replace(/&(#39|[a-z]{2,4});/g, (match, name: string) =>
      Object.hasOwn(ENTITIES, name) ? (ENTITIES[name] ?? match) : match,
    );
}
