/** Debian's Chromium, for tests that look at pages as people do. */
import { existsSync } from "node:fs";
import { chromium, type Page } from "playwright-core";
import { onTestFinished } from "vitest";

const CHROMIUM = "/usr/bin/chromium";

/** The size of the screen, in pixels. */
export const VIEW = { width: 1400, height: 900 };

/** Part of the name of a test that needs a browser, so that a skip tells its reason. */
export const needsChromium = existsSync(CHROMIUM) ? "" : ` (skipped: ${CHROMIUM} is not here)`;

/** What a page did beside showing itself. */
export interface Watched {
  readonly page: Page;
  /** URLs of everything it asked for. */
  readonly requests: readonly string[];
  /** Scripts that failed, and what the content security policy stopped. */
  readonly faults: readonly string[];
}

/** A new page in a browser of its own, with an empty profile; both are gone when the test is over. */
export async function openBrowser(): Promise<Watched> {
  const args = ["no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-background-networking"];
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    headless: true,
    args: [...args, "disable-component-update", "disable-sync"].map((name) => `--${name}`),
  });
  onTestFinished(() => browser.close());
  const page = await browser.newPage({ viewport: VIEW });
  const requests: string[] = [];
  const faults: string[] = [];
  page.on("request", (request) => requests.push(request.url()));
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("dialog", (dialog) => {
    faults.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("console", (message) => {
    if (message.type() === "error") faults.push(message.text());
  });
  return { page, requests, faults };
}
