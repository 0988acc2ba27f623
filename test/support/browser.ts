/** Debian's Chromium, for tests of pages. */
import { existsSync } from "node:fs";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, onTestFinished } from "vitest";

const CHROMIUM = "/usr/bin/chromium";

/** The size of the screen, in pixels. */
export const VIEW = { width: 1400, height: 900 };

/** Part of the name of a test that needs a browser: the reason to skip it, if it is skipped. */
export const needsChromium = existsSync(CHROMIUM) ? "" : ` (skipped: ${CHROMIUM} is not here)`;

/** A page, and what it did. */
export interface Watched {
  readonly page: Page;
  /** URLs of all requests. */
  readonly requests: readonly string[];
  /** Errors of scripts, dialogs, and violations of the content security policy. */
  readonly faults: readonly string[];
}

/** The browser of a test file: a start takes seconds. */
let started: Promise<Browser> | undefined;
afterAll(async () => (await started)?.close());

function launch(): Promise<Browser> {
  const args = ["no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-background-networking"];
  return chromium.launch({
    executablePath: CHROMIUM,
    headless: true,
    args: [...args, "disable-component-update", "disable-sync"].map((name) => `--${name}`),
  });
}

/** Opens a page with an empty profile. It is closed at the end of the test. */
export async function openPage(): Promise<Watched> {
  started ??= launch();
  const page = await (await started).newPage({ viewport: VIEW });
  onTestFinished(() => page.close());
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
