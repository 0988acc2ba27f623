/** The pages at the end of a sign-in. They load nothing, and show texts of other parties only as text. */
import type { Page } from "../node/loopback-server.js";

/** Returns the page after a sign-in. */
export function successPage(account: string | undefined, missing: readonly string[]): Page {
  const user = account === undefined ? "You are signed in." : `You are signed in as ${account}.`;
  const scopes = missing.length === 0 ? "" : `You did not grant: ${missing.join(", ")}.`;
  return page(200, "Signed in", [user, scopes, "You can close this window and return to the program."]);
}

/** Returns the page after a failed sign-in. */
export function failurePage(message: string): Page {
  return page(400, "Sign-in failed", [message, "You can close this window and return to the program."]);
}

function page(status: number, title: string, texts: readonly string[]): Page {
  const paragraphs = texts.filter((text) => text !== "").map((text) => `<p>${escaped(text)}</p>`);
  const style = "body{font:1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:4rem auto;padding:0 1rem}";
  const colors = ":root{color-scheme:light dark}p{overflow-wrap:anywhere}";
  return {
    status,
    html: `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escaped(title)}</title><style>${style}${colors}</style></head>
<body><h1>${escaped(title)}</h1>${paragraphs.join("")}</body></html>
`,
  };
}

const entities: { readonly [char: string]: string } = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (char) => entities[char] ?? char);
}
