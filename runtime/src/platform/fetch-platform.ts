/** Detects what the platform's `fetch` supports, when needed. Never throws. */

/** Returns whether this is a page or worker of a browser. Only browsers name Mozilla in their user agent. */
export function isBrowser(): boolean {
  return userAgent()?.startsWith("Mozilla/") === true;
}

/** Returns the platform's own name and version. */
export function userAgent(): string | undefined {
  const { navigator } = globalThis as { readonly navigator?: { readonly userAgent?: string } };
  return navigator?.userAgent;
}

/** Returns whether `fetch` sends streams. Chromium does so only over HTTP/2, which a page cannot detect in advance. */
export function canSendStreams(): boolean {
  if (isBrowser() || typeof Request !== "function" || typeof ReadableStream !== "function") return false;
  try {
    const init = { method: "POST", body: new ReadableStream(), duplex: "half" } as const;
    // Platforms without support send a stream as the text "[object ReadableStream]".
    return !new Request("https://example.com/", init).headers.has("content-type");
  } catch {
    return false;
  }
}

/** Header fields that browsers set themselves. They ignore other values, or send a preflight request for them. */
export const setByBrowser: ReadonlySet<string> = new Set(["accept-encoding", "content-length", "user-agent"]);
