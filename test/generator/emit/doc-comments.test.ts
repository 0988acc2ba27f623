import fc from "fast-check";
import ts from "typescript-6.0";
import { describe, expect, it } from "vitest";
import { docLines, inlineCode, safeText } from "../../../generator/src/emit/doc-comments.js";

describe("text of a document stays text in a comment", () => {
  it.each([
    ["the end of a comment", "a */ b", "a *\\/ b"],
    ["the start of a comment", "v1/*", "v1/\\*"],
    ["a tag at the start", "@deprecated x", "\\@deprecated x"],
    ["a tag inside", "see @type here", "see \\@type here"],
    ["a tag in braces", "{@link Shelf}", "{\\@link Shelf}"],
    ["Java's inline code", "{@code x}", "`x`"],
    ["HTML that ends a comment", "<i>all</i>/ &#42;/", "_all_/ &#42;/"],
    ["a mail address", "me@example.com", "me@example.com"],
    ["the end of a comment in code", "`a/*/b` c", "`a/*`/`b` c"],
    ["a tag in code", "`@type` x", "`@type` x"],
    ["a tag after a space in code", "`a @b` c", "`a` `@b` c"],
    ["a source map", "//# sourceMappingURL=data:x", "//#sourceMappingURL=data:x"],
    ["a list on one line", "Values: * `A`: one. * `B`: two.", "Values:\n- `A`: one.\n- `B`: two."],
    ["a list of sentences on one line", "Do this: - One. - Two. - Three.", "Do this:\n- One.\n- Two.\n- Three."],
    ["a product", "a = b * c * d", "a = b * c * d"],
    ["stars in code", "Use: `a * b * c`", "Use: `a * b * c`"],
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
          const source = `/**\n${lines.map((line) => ` * ${line}\n`).join("")} */\nlet x;\n`;
          const { statements } = ts.createSourceFile("a.ts", source, ts.ScriptTarget.ESNext, true);
          expect(statements.map((statement) => statement.getText())).toEqual(["let x;"]);
          const [statement] = statements;
          const tags = statement === undefined ? [] : ts.getJSDocTags(statement);
          expect(tags.map(({ tagName }) => tagName.text)).toEqual(["defaultValue"]);
          expect(statement?.getFullText()).not.toMatch(/\{@link/);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it("a value in backticks cannot leave them", () => expect(inlineCode("a`b`*/")).toBe("`ab*`/"));
});

describe("HTML of older documents becomes Markdown", () => {
  it.each([
    ["emphasis and code", "a <b>b</b> <i>c</i> <code>d</code>", "a **b** _c_ `d`"],
    ["links", 'See <a class="x" href="https://x.example/y">the guide</a>.', "See [the guide](https://x.example/y)."],
    ["only links to the web", '<a href="javascript:alert(1)">x</a>', "x"],
    ["lists", "Either<ul><li>one</li><li>two</li></ul>", "Either\n- one\n- two"],
    ["paragraphs and breaks", "a<br/>b<p>c</p>", "a\nb\n\nc"],
    ["entities", "a &lt; b &amp;&nbsp;c", "a < b & c"],
    ["placeholders, which stay", "projects/<project-id>/x, <name>", "projects/<project-id>/x, <name>"],
  ])("%s", (_, given, want) => expect(safeText(given)).toBe(want));
});

describe("the lines of a comment", () => {
  const values = [
    { value: "OPEN", description: "May be used.", deprecated: false },
    { value: "CLOSED", description: "", deprecated: true },
    { value: "PLAIN", description: "", deprecated: false },
  ];
  it.each([
    ["nothing to describe", {}, []],
    ["one line", { description: "A shelf." }, ["A shelf."]],
    [
      "texts and deprecation of values",
      { enum: { open: false, harvested: false, values } },
      ["- `OPEN`: May be used.", "- `CLOSED`: Deprecated."],
    ],
    [
      "default and deprecation last",
      { description: "A.", default: "x", deprecated: true },
      ["A.", "@defaultValue `x`", "@deprecated"],
    ],
    [
      "values found in the description, listed once",
      { description: "How:\nOPEN: May be used.", enum: { open: true, harvested: true, values: values.slice(0, 1) } },
      ["How:", "", "- `OPEN`: May be used."],
    ],
    [
      "long lines, broken at spaces",
      { description: "word ".repeat(40) },
      [`${"word ".repeat(21)}word`, `${"word ".repeat(17)}word`],
    ],
    ["no line that would start a list", { description: `${"x".repeat(108)} - y` }, [`${"x".repeat(108)} -`, "y"]],
  ] as const)("%s", (_, given, want) => expect(docLines(given)).toEqual(want));
});
