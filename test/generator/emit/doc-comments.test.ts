import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { docLines, inlineCode, safeText } from "../../../generator/src/emit/doc-comments.js";

describe("text of a document stays text", () => {
  it.each([
    ["the end of a comment", "a */ b", "a *\\/ b"],
    ["the start of a comment", "v1/*", "v1/\\*"],
    ["a tag at the start", "@deprecated x", "\\@deprecated x"],
    ["a tag inside", "see @type here", "see \\@type here"],
    ["a tag in braces", "{@link Shelf}", "{\\@link Shelf}"],
    ["Java's inline code", "{@code x}", "`x`"],
    ["HTML that ends a comment", "<i>all</i>/ &#42;/", "_all_/ &#42;/"],
    ["a mail address", "me@example.com", "me@example.com"],
    ["template literals", "`${code}`", "`${code}`"],
    ["control characters", "a\u0000b\u001b[31mc\u0085d", "ab[31mcd"],
    ["direction overrides", "a\u202eb\u2066c", "abc"],
    ["line separators", "a\u2028b\r\nc\rd", "a\nb\nc\nd"],
  ])("%s", (_, given, want) => expect(safeText(given)).toBe(want));

  it("no text can end its comment or begin a tag", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom("*", "/", "@", "a", " ", "\n", "\\", "{", "}", "`", "\u202e") }),
        (text) => {
          const lines = docLines({
            description: text,
            default: text,
            enum: { open: false, harvested: false, values: [{ value: text, description: text, deprecated: false }] },
          });
          const comment = lines.join("\n");
          expect(comment).not.toContain("*/");
          expect(comment.replace(/^@defaultValue /m, "")).not.toMatch(/(^|[\s{(*])@\w/);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it("a value in backticks cannot leave them", () => expect(inlineCode("a`b`*/")).toBe("`ab*\\/`"));
});

describe("HTML of older documents becomes Markdown", () => {
  it.each([
    ["emphasis and code", "a <b>b</b> <i>c</i> <code>d</code>", "a **b** _c_ `d`"],
    ["links", 'See <a class="x" href="https://x.example/y">the guide</a>.', "See [the guide](https://x.example/y)."],
    ["no links elsewhere than to the web", '<a href="javascript:alert(1)">x</a>', "x"],
    ["lists", "Either<ul><li>one</li><li>two</li></ul>", "Either\n- one\n- two"],
    ["paragraphs and breaks", "a<br/>b<p>c</p>", "a\nb\n\nc"],
    ["entities", "a &lt; b &amp;&nbsp;c", "a < b & c"],
    ["placeholders stay", "projects/<project-id>/x, <name>", "projects/<project-id>/x, <name>"],
  ])("%s", (_, given, want) => expect(safeText(given)).toBe(want));
});

describe("comments are made for reading", () => {
  const values = [
    { value: "OPEN", description: "May be used.", deprecated: false },
    { value: "CLOSED", description: "", deprecated: true },
    { value: "PLAIN", description: "", deprecated: false },
  ];
  it.each([
    ["nothing to tell", {}, []],
    ["one line", { description: "A shelf." }, ["A shelf."]],
    [
      "texts and deprecation of values",
      { enum: { open: false, harvested: false, values } },
      ["- `OPEN`: May be used.", "- `CLOSED`: Deprecated."],
    ],
    [
      "default and deprecation last",
      { description: "A.", default: "x", deprecated: true },
      ["A.", "", "@defaultValue `x`", "@deprecated"],
    ],
    [
      "harvested values told once",
      { description: "How:\nOPEN: May be used.", enum: { open: true, harvested: true, values: values.slice(0, 1) } },
      ["How:", "", "- `OPEN`: May be used."],
    ],
    [
      "long lines broken at spaces",
      { description: "word ".repeat(40) },
      [`${"word ".repeat(21)}word`, `${"word ".repeat(17)}word`],
    ],
    ["no line that would become a list", { description: `${"x".repeat(108)} - y` }, [`${"x".repeat(108)} -`, "y"]],
  ] as const)("%s", (_, given, want) => expect(docLines(given)).toEqual(want));
});
