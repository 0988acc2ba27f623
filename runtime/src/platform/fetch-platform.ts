/** What the `fetch` of this platform can do. Detected when it is needed, and without anything that throws. */

/** Whether this is a page or worker of a browser. They all name Mozilla, and no other platform does. */
export function isBrowser(): boolean {
  return userAgent()?.startsWith("Mozilla/") === true;
}

/** What the platform calls itself. */
export function userAgent(): string | undefined {
  const { navigator } = globalThis as { readonly navigator?: { readonly userAgent?: string } };
  return navigator?.userAgent;
}

/** Whether `fetch` sends streams. Chromium does over HTTP/2 alone, which a page cannot know before it sends one. */
export function canSendStreams(): boolean {
  if (isBrowser() || typeof Request !== "function" || typeof ReadableStream !== "function") return false;
  try {
    const init = { method: "POST", body: new ReadableStream(), duplex: "half" } as const;
    // Platforms that do not know streams send them as the text "[object ReadableStream]".
    return !new Request("https://example.com/", init).headers.has("content-type");
  } catch {
    return false;
  }
}

/** Fields that browsers set themselves. They ignore some, and ask the server in advance about others. */
export const setByBrowser: ReadonlySet<string> = new Set(["accept-encoding", "content-length", "user-agent"]);
