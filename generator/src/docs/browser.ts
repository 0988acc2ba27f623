/** Scripts and styles of the site, in addition to the renderer. */

/** Passes the document of the page to the renderer. Every feature that sends requests to other hosts is off. */
export const REFERENCE_SCRIPT = `"use strict";
Scalar.createApiReference(document.getElementById("reference"), {
  content: JSON.parse(document.getElementById("document").textContent),
  // The samples show the client. The page does not send requests.
  hiddenClients: true,
  hideClientButton: true,
  hideTestRequestButton: true,
  showDeveloperTools: "never",
  agent: { disabled: true },
  telemetry: false,
  withDefaultFonts: false,
  operationTitleSource: "summary",
});
`;

/** The filter of the index: shows the entries that contain every word. */
export const INDEX_SCRIPT = `"use strict";
const filter = document.getElementById("filter");
const entries = [...document.querySelectorAll("#apis > li")];
filter.addEventListener("input", () => {
  const words = filter.value.toLowerCase().split(/\\s+/);
  for (const entry of entries) {
    const text = entry.textContent.toLowerCase();
    entry.hidden = !words.every((word) => text.includes(word));
  }
});
`;

export const INDEX_STYLE = `
body { margin: 0; font-family: system-ui, sans-serif; line-height: 1.5; }
main { max-width: 48rem; margin: 0 auto; padding: 2rem 1rem; }
#filter { width: 100%; box-sizing: border-box; padding: 0.5rem; font: inherit; }
#apis { padding: 0; list-style: none; }
#apis p { margin: 0.25rem 0 1rem; color: #555; }
#apis code { margin: 0 0.5rem; }
`;

export const REFERENCE_STYLE = `
body { margin: 0; }
#all { position: fixed; right: 1rem; top: 0.5rem; z-index: 10; font: 0.875rem system-ui, sans-serif; }
`;
