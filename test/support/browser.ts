/** Debian's Chromium, for tests of pages in a browser. */
import { existsSync } from "node:fs";
import { chromium, type Page } from "playwright-core";
import { onTestFinished } from "vitest";

const CHROMIUM = "/usr/bin/chromium";

/** The size of the screen, in pixels. */
export const VIEW = { width: 1400, height: 900 };

/** Part of the name of tests that need a browser. Explains why they are skipped. */
export const needsChromium = existsSync(CHROMIUM) ? "" : ` (skipped: ${CHROMIUM} does not exist)`;

/** A page and its requests and errors. */
export interface Watched {
  readonly page: Page;
  /** The URLs of all requests. */
  readonly requests: readonly string[];
  /** Script errors and violations of the content security policy. */
  readonly faults: readonly string[];
}

/** Opens a page in a new browser with an empty profile. Closes the browser after the test. */
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
