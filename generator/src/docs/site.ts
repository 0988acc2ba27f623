/**
 * Models → the files of a static site: an index of the APIs, and for each API a page that Scalar renders.
 *
 * Pages work from disk and from a server, and send no requests to other hosts. Text of documents only occurs as text or
 * JSON, and a content security policy only allows scripts that are files of the site.
 */
import { methodsOf } from "../model/methods.js";
import type { ApiModel } from "../model/types.js";
import { VERSION } from "../version.js";
import { INDEX_SCRIPT, INDEX_STYLE, REFERENCE_SCRIPT, REFERENCE_STYLE } from "./browser.js";
import { referenceDocument } from "./reference.js";

/** A file of the site. */
export interface SiteFile {
  /** Relative to the folder of the site. */
  readonly path: string;
  readonly text: string;
}

const WRITTEN_BY = "Written by @discogen/generator ";

/** The mark in the first or second line of every file of a site. */
export const MARK = WRITTEN_BY + VERSION;

/** Returns whether a file belongs to a site that any version of this package wrote. */
export function isOfSite(content: Uint8Array): boolean {
  const head = Buffer.from(content.subarray(0, 256)).toString("latin1");
  return head.split("\n").slice(0, 2).join("\n").includes(WRITTEN_BY);
}

/**
 * Returns the files of the site.
 *
 * @param renderer the files of the renderer, for the top folder of the site
 */
export function docsSite(models: readonly ApiModel[], renderer: readonly SiteFile[]): readonly SiteFile[] {
  return [
    { path: "index.html", text: indexPage(models) },
    { path: "index.js", text: `// ${MARK}.\n${INDEX_SCRIPT}` },
    { path: "reference.js", text: `// ${MARK}.\n${REFERENCE_SCRIPT}` },
    ...renderer,
    ...models.map((model) => ({ path: `${model.name}/${model.version}/index.html`, text: apiPage(model) })),
  ];
}

function apiPage(model: ApiModel): string {
  return page(
    titleOf(model),
    REFERENCE_STYLE,
    `<a id="all" href="../../index.html">All APIs</a>
<div id="reference"></div>
<script type="application/json" id="document">${scriptJson(referenceDocument(model))}</script>
<script src="../../scalar.js"></script>
<script src="../../reference.js"></script>`,
  );
}

function indexPage(models: readonly ApiModel[]): string {
  const entries = models.map((model) => {
    const count = methodsOf(model.root).length;
    return `<li><a href="${html(`${model.name}/${model.version}/index.html`)}">${html(titleOf(model))}</a>
<code>${html(model.id)}</code> ${count} ${count === 1 ? "method" : "methods"}
<p>${html(model.description)}</p></li>`;
  });
  return page(
    "APIs",
    INDEX_STYLE,
    `<main>
<h1>APIs</h1>
<input type="search" id="filter" placeholder="Filter" aria-label="Filter">
<ul id="apis">
${entries.join("\n")}
</ul>
</main>
<script src="index.js"></script>`,
  );
}

function page(title: string, style: string, body: string): string {
  return `<!doctype html>
<!-- ${MARK}. -->
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<title>${html(title)}</title>
<style>${style}</style>
</head>
<body>
${body}
</body>
</html>
`;
}

/**
 * `file:` is for pages that are opened from disk: in some browsers `'self'` does not include files in other folders.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self' file:",
  // The renderer adds styles at run time.
  "style-src 'unsafe-inline'",
  "img-src data:",
  "font-src data:",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

function titleOf({ title, id }: ApiModel): string {
  return title || id;
}

function html(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Returns JSON without `<`, so that no text can end the script element. */
function scriptJson(value: unknown): string {
  return JSON.stringify(value).replaceAll("<", "\\u003c");
}
