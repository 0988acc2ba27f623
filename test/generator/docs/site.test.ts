/** The pages of `discogen docs` in a real browser: from disk and from a server, also with malicious documents. */
import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { needsChromium, openPage, VIEW } from "../../support/browser.js";
import { discogen } from "../../support/discogen.js";
import { ROOT, temporaryFolder } from "../../support/folders.js";

const FIXTURE = join(ROOT, "test/fixtures/shelves.v1.json");

/** Runs the command, and returns the folder of the site. */
async function site(apis: readonly string[]): Promise<string> {
  const folder = await temporaryFolder();
  const { code, stderr } = await discogen(["docs", ...apis, "--out", folder]);
  if (code !== 0) throw new Error(stderr);
  return folder;
}

/** Starts a server for the files of a folder. */
async function serve(folder: string): Promise<string> {
  const types: Record<string, string> = { html: "text/html", js: "text/javascript" };
  const server = createServer((request, response) => {
    const path = request.url ?? "/";
    readFile(join(folder, path)).then(
      (body) => response.setHeader("content-type", types[path.split(".").at(-1) ?? ""] ?? "text/plain").end(body),
      () => response.writeHead(404).end(),
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  // Safe: a server that listens on a port has an address of this type.
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

type Box = { readonly x: number; readonly y: number; readonly width: number; readonly height: number };

/** Returns whether all lines of an element are on the screen. Long lines may scroll horizontally. */
const isInView = (box: Box | null) =>
  box !== null && box.x >= 0 && box.x < VIEW.width && box.y >= 0 && box.y + box.height <= VIEW.height;

describe.skipIf(needsChromium !== "")(`the site${needsChromium}`, () => {
  it("finds a method, and shows it with its TypeScript sample", async () => {
    const root = await serve(await site(["sqladmin:v1beta3", FIXTURE]));
    const { page, requests, faults } = await openPage();
    await page.goto(`${root}/index.html`);
    await page.getByRole("searchbox").fill("SQL");
    expect(await page.locator("#apis > li:visible").allTextContents()).toEqual([
      expect.stringContaining("sqladmin:v1beta3 24 methods"),
    ]);
    await page.getByRole("link", { name: "Google Cloud SQL Admin API" }).click();
    await page.getByRole("search").first().click();
    await page.getByRole("combobox").fill("instances.list");
    await page.getByRole("option", { name: "Operation: instances.list ," }).click();
    const sample = page.locator("pre", { hasText: "client.instances.list({" });
    await sample.waitFor({ state: "visible" });
    expect(await sample.textContent()).toMatch(
      /for await \(const item of client\.instances\.list.*project: "PROJECT"/s,
    );
    await expect.poll(() => page.getByRole("dialog").count()).toBe(0);
    // The screenshot shows the method's name, its parameters, its sample, and the label TypeScript.
    const shown = [
      page.getByRole("heading", { name: "instances.list", exact: true }),
      page.getByText("ID of the project whose instances are listed."),
      sample,
    ];
    for (const part of shown)
      await expect.poll(() => part.boundingBox(), { timeout: 20_000 }).toSatisfy(isInView, "is on the screen");
    // The page may still be scrolling to the method.
    const labelsInView = async () => {
      const labels = await page.getByText("TypeScript", { exact: true }).all();
      return (await Promise.all(labels.map((label) => label.boundingBox()))).filter(isInView);
    };
    await expect.poll(labelsInView, { timeout: 5_000 }).not.toEqual([]);
    await mkdir(join(ROOT, "test/dist"), { recursive: true });
    const picture = await page.screenshot({ path: join(ROOT, "test/dist/docs.png") });
    // PNG: width and height (section 11.2.2).
    expect([picture.readUInt32BE(16), picture.readUInt32BE(20)]).toEqual([VIEW.width, VIEW.height]);
    for (const part of shown) expect(await part.boundingBox()).toSatisfy(isInView);

    expect(requests.filter((url) => !url.startsWith(`${root}/`))).toEqual([]);
    expect(faults).toEqual([]);
  });

  it("works from disk, and offers the document for download", async () => {
    const folder = await site([FIXTURE]);
    const { page, requests, faults } = await openPage();
    await page.goto(pathToFileURL(join(folder, "shelves/v1/index.html")).href);
    await page.getByRole("heading", { name: "Shelf Keeper API" }).waitFor();
    const button = page.getByText("Download OpenAPI Document").first();
    const [download] = await Promise.all([page.waitForEvent("download"), button.click()]);
    const document: unknown = JSON.parse(await readFile(await download.path(), "utf8"));
    expect(document).toMatchObject({ openapi: "3.1.0", info: { title: "Shelf Keeper API" } });
    await page.getByRole("link", { name: "All APIs" }).click();
    await page.getByRole("heading", { name: "APIs" }).waitFor();
    expect(requests.filter((url) => !url.startsWith(pathToFileURL(folder).href))).toEqual([]);
    expect(faults).toEqual([]);
  });

  it("does not execute code from a document", async () => {
    const attack = (id: number) =>
      `</script><script>alert(${id})</script><img src=x onerror="alert(${id})"> [link](javascript:alert(${id})) ` +
      `<a href="javascript:alert(${id})">here</a> <iframe srcdoc="<script>alert(${id})</script>"></iframe>`;
    const document = {
      kind: "discovery#restDescription",
      name: "attack",
      version: "v1",
      title: attack(1),
      description: attack(2),
      documentationLink: "javascript:alert(3)",
      rootUrl: "https://attack.example/",
      schemas: { Thing: { id: "Thing", description: attack(4), properties: { [attack(5)]: { type: "string" } } } },
      resources: {
        things: {
          methods: {
            get: {
              id: "attack.things.get",
              httpMethod: "GET",
              path: "things",
              description: attack(6),
              parameters: { q: { location: "query", type: "string", enum: [attack(7)], required: true } },
              response: { $ref: "Thing" },
            },
          },
        },
      },
    };
    const file = join(await temporaryFolder(), "attack.json");
    await writeFile(file, JSON.stringify(document));
    const root = await serve(await site([file]));
    const { page, requests, faults } = await openPage();
    await page.goto(`${root}/index.html`);
    expect(await page.locator("#apis").textContent()).toContain(attack(1));
    expect(await page.locator("#apis :is(script, img, iframe)").count()).toBe(0);
    await page.getByRole("link").first().click();
    await page.getByRole("heading", { name: "things.get" }).first().waitFor();
    for (const link of await page.getByRole("link", { name: /^(?:link|here)$/ }).all()) {
      expect(await link.getAttribute("href")).not.toMatch(/^javascript:/i);
    }
    expect(await page.locator("iframe, img[onerror], a[href^='javascript:' i]").count()).toBe(0);
    expect(faults.filter((text) => text.startsWith("dialog"))).toEqual([]);
    expect(requests.filter((url) => !url.startsWith(`${root}/`))).toEqual([]);
  });
});
