/** Ctrl-C during each kind of work, readers that close the pipe, and input that ends, with the binary. */
import { spawn } from "node:child_process";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { serve } from "../../runtime/support/server.js";
import { DISCOGEN, discogen } from "../../support/discogen.js";
import { filesOf, ROOT, temporaryFolder } from "../../support/folders.js";
import { startWith } from "../../support/running.js";

/** An API without scopes, whose one method has content to download. */
const FILM = {
  kind: "discovery#restDescription",
  name: "film",
  version: "v1",
  rootUrl: "https://film.example/",
  methods: { get: { id: "film.get", httpMethod: "GET", path: "film", supportsMediaDownload: true } },
};

/** A server that does not respond, or only in part. `isRequested` resolves when it has a request. */
async function silent(begin: "nothing" | "pages" | "part" = "nothing") {
  let requested = () => {};
  const isRequested = new Promise<void>((resolve) => (requested = resolve));
  const { url } = await serve(({ url }, response) => {
    if (begin === "part") response.writeHead(200, { "content-length": "1000000" }).write("x".repeat(100_000));
    if (begin === "pages" && !url.includes("pageToken")) {
      response.setHeader("content-type", "application/json").end('{"items":[{"instance":"a"}],"nextPageToken":"2"}');
      return;
    }
    // By then, the client has received the part.
    setTimeout(requested, begin === "nothing" ? 0 : 100);
  });
  return { url, isRequested };
}

describe("Ctrl-C exits with 130 and leaves no files", () => {
  it.each<[string, "nothing" | "pages" | "part", (url: string) => readonly string[]]>([
    ["generate, while it fetches", "nothing", (url) => ["generate", "sqladmin:v1beta3", `${url}rest`, "--no-cache"]],
    ["docs", "nothing", (url) => ["docs", `${url}rest`, "--out", "site"]],
    ["diff", "nothing", (url) => ["diff", `${url}rest`, "sqladmin:v1beta3"]],
    ["list", "nothing", (url) => ["list", "--no-cache", "--directory-url", url]],
    ["update", "nothing", () => ["update", "--no-cache"]],
    ["mock, before it serves", "nothing", (url) => ["mock", `${url}rest`]],
    ["call", "nothing", (url) => call("sqladmin:v1beta3", "tiers.list", "--root-url", url, "--project", "p")],
    [
      "call --all, between two pages",
      "pages",
      (url) => call("sqladmin:v1beta3", "instances.list", "--all", "--root-url", url, "--project", "p"),
    ],
    ["a download", "part", (url) => ["call", "film.json", "getMedia", "--root-url", url, "--out", "film.mp4"]],
  ])("%s", async (_, begin, args) => {
    const { url, isRequested } = await silent(begin);
    const folder = await temporaryFolder();
    await writeFile(join(folder, "discogen.config.json"), JSON.stringify({ apis: [`${url}rest`] }));
    await writeFile(join(folder, "film.json"), JSON.stringify(FILM));
    const { child, ended, printed } = startWith({}, folder, ...args(url));
    await Promise.race([isRequested, ended]);
    child.kill("SIGINT");
    expect(await ended).toEqual([130, null]);
    const output = await printed(/interrupted/);
    expect(output).not.toMatch(/^\s+at /m);
    expect(await filesOf(folder)).toEqual(["discogen.config.json", "film.json"]);
  });

  it("generate, while threads write code: files are complete, and the manifest lists them", async () => {
    const folder = await temporaryFolder();
    const schemas = Object.fromEntries(
      Array.from({ length: 4_000 }, (_, index) => [
        `Thing${index}`,
        { id: `Thing${index}`, type: "object", properties: { name: { type: "string" } } },
      ]),
    );
    const document = { kind: "discovery#restDescription", version: "v1", rootUrl: "https://large.example/", schemas };
    const names = [..."abcdefghij"].map((letter) => `large${letter}`);
    for (const name of names) await writeFile(join(folder, `${name}.json`), JSON.stringify({ ...document, name }));
    const given = await filesOf(folder);
    const { child, ended } = startWith({}, folder, "generate", ...given, "--out", "out");
    // The first API is written, so threads work on the next.
    await expect
      .poll(() => readdir(join(folder, "out/largea/v1")).catch(() => []), { timeout: 60_000, interval: 5 })
      .toHaveLength(2);
    child.kill("SIGINT");
    expect(await ended).toEqual([130, null]);
    const written = (await filesOf(folder)).filter((file) => !given.includes(file));
    expect(written).toContain("out/.discogen.json");
    expect(written.filter((file) => file.endsWith(".tmp"))).toEqual([]);
    expect(written.length).toBeLessThan(2 * names.length + 1);
    expect((await discogen(["generate", ...given, "--out", "out"], folder)).stdout).toMatch(
      /^largea:v1 .*\(unchanged\)$/m,
    );
  });

  it("init, at a question", async () => {
    const folder = await temporaryFolder();
    const { child, ended, printed } = startWith({}, folder, "init");
    await printed(/APIs/);
    child.kill("SIGINT");
    expect(await ended).toEqual([130, null]);
    expect(await readdir(folder)).toEqual([]);
  });
});

it("Ctrl-C ends mock with 0", async () => {
  const folder = await temporaryFolder();
  const { child, ended, printed } = startWith({}, folder, "mock", "sqladmin:v1beta3");
  await printed(/Press Ctrl-C/);
  child.kill("SIGINT");
  expect(await ended).toEqual([0, null]);
});

it.each([
  ["at once", ""],
  ["at the second question", "sheets:v4\n"],
])("init writes nothing when its input ends %s", async (_, input) => {
  const folder = await temporaryFolder();
  expect(await discogen(["init"], folder, {}, input)).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/error USAGE .*the input ended before all questions were answered; add --yes/),
  });
  expect(await readdir(folder)).toEqual([]);
});

describe("a reader that closes the pipe causes no error", () => {
  it.each([
    ["help", ["--help"]],
    ["a list", ["list", "--offline"]],
    ["a long text", ["openapi", "sqladmin:v1beta3"]],
    ["JSON", ["scopes", "sqladmin:v1beta3", "--reporter", "json"]],
    ["a diagnostic", ["unknown"]],
  ])("of %s", async (_, args) => {
    const child = spawn(process.execPath, [DISCOGEN, ...args], { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] });
    // Closed before anything is written.
    child.stdout.destroy();
    const [stderr, code] = await Promise.all([
      text(child.stderr),
      new Promise<number | null>((resolve) => child.once("close", resolve)),
    ]);
    expect(stderr).not.toMatch(/^\s+at |EPIPE/m);
    expect(code).toBe(args[0] === "unknown" ? 2 : 0);
  });
});

/** A call with an API key, so that it does not use credentials of the user. */
function call(...args: readonly string[]): readonly string[] {
  return ["call", ...args, "--key", "k"];
}
