/** Methods whose response is only content: the method and its `…Media` twin both download it. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ServiceAccountCredentials } from "@discogen/runtime/auth";
import { build } from "../../generator/src/build.js";
import { diffModels } from "../../generator/src/diff/diff.js";
import { methodSamples } from "../../generator/src/docs/samples.js";
import { emitApi } from "../../generator/src/emit/emitter.js";
import { discogen } from "../support/discogen.js";
import { ROOT, temporaryFolder } from "../support/folders.js";
import { mockFor, modelOf } from "./mock/support.js";

const DRIVE = join(ROOT, "test/fixtures/media/drive.v3.json");
const YOUTUBE = join(ROOT, "test/fixtures/media/youtube.v3.json");
const drive = modelOf(await readFile(DRIVE, "utf8"), DRIVE);
const youtube = modelOf(await readFile(YOUTUBE, "utf8"), YOUTUBE);

/** A document with one method `get`, with these properties. */
const films = (facts: object) => {
  const get = { id: "films.get", httpMethod: "GET", path: "film", ...facts };
  const document = { kind: "discovery#restDescription", name: "films", version: "v1", rootUrl: "https://a.example/" };
  return { ...document, schemas: { Film: { id: "Film", type: "object", properties: {} } }, methods: { get } };
};

describe("a method whose response is only content", () => {
  it.each([
    [drive, "export", "FilesExportParams"],
    [drive, "exportMedia", "FilesExportParams"],
    [youtube, "download", "CaptionsDownloadParams"],
    [youtube, "downloadMedia", "CaptionsDownloadParams"],
  ])("returns a MediaResponse", async (model, member, params) => {
    const file = emitApi(model).find(({ path }) => path.endsWith("index.ts"));
    const line = (file?.text ?? "").replaceAll(/\s*\n\s*/g, " ").replaceAll(/\( | ,|, \)/g, (part) => part.trim());
    expect(line).toMatch(
      new RegExp(
        `[ /]${member}\\(params: ${params}, ?options\\?: runtime.DownloadOptions,?\\): Promise<runtime.MediaResponse> { return runtime.download\\(`,
      ),
    );
  });

  it("downloads from the mock", async () => {
    const contents = { "/drive/v3/files/f": { data: "0123456789", type: "application/pdf" } };
    const mock = await mockFor({ models: [drive], contents });
    const auth = ServiceAccountCredentials.fromJSON(mock.key);
    const { files } = await build(DRIVE, { auth, rootUrl: mock.url });
    const params = { fileId: "f", mimeType: "application/pdf" };
    for (const member of ["export", "exportMedia"]) {
      expect(await files?.[member]?.(params)).toMatchObject({ status: 200 });
      const part = await files?.[member]?.(params, { range: { start: 7 } });
      expect(await (part as { text(): Promise<string> }).text()).toBe("789"); // a MediaResponse
    }
  });

  it("returns content without `alt=media`, like Google's server", async () => {
    const contents = { "/drive/v3/files/f": { data: "text" } };
    const mock = await mockFor({ models: [drive], contents });
    const auth = ServiceAccountCredentials.fromJSON(mock.key, { scopes: drive.scopes.map(({ scope }) => scope) });
    const headers = await auth.getRequestHeaders(mock.url);
    const response = await fetch(new URL("drive/v3/files/f/export?mimeType=a/b", mock.url), { headers });
    expect([response.status, await response.text()]).toEqual([200, "text"]);
  });

  it.each(["files.export", "files.exportMedia"])("is printed and saved by `discogen call %s`", async (method) => {
    const folder = await temporaryFolder();
    const mock = await mockFor({ models: [drive], contents: { "/drive/v3/files/f": { data: "pages" } } });
    await writeFile(join(folder, "key.json"), JSON.stringify(mock.key), { mode: 0o600 });
    const env = { GOOGLE_APPLICATION_CREDENTIALS: join(folder, "key.json") };
    const params = ["--fileId", "f", "--mimeType", "text/plain", "--root-url", mock.url];
    const call = (...more: readonly string[]) => discogen(["call", DRIVE, method, ...params, ...more], folder, env);
    expect(await call()).toEqual({ code: 0, stdout: "pages", stderr: "" });
    expect(await call("--out", "copy.txt")).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(await readFile(join(folder, "copy.txt"), "utf8")).toBe("pages");
  });

  it("lists --out in its help, and no `…Media` twin", async () => {
    const { stdout } = await discogen(["call", DRIVE, "files.export", "--help"]);
    expect(stdout).toContain("--out FILE");
    expect(stdout).not.toContain("exportMedia");
  });

  it("has a sample that reads the content", () => {
    const sample = methodSamples(drive).find(({ member }) => member === "files.export");
    expect(sample?.source).toMatch(
      /const content = await client\.files\.export\([^;]*\);\nconst bytes = await content/,
    );
    expect(sample?.source).not.toContain("exportMedia");
  });

  it.each([
    ["gains content", {}, { supportsMediaDownload: true }, "additive"],
    ["loses content", { supportsMediaDownload: true }, {}, "breaking"],
    [
      "gains a resource next to the content",
      { supportsMediaDownload: true },
      { supportsMediaDownload: true, response: { $ref: "Film" } },
      "breaking",
    ],
    [
      "loses the resource next to the content",
      { supportsMediaDownload: true, response: { $ref: "Film" } },
      { supportsMediaDownload: true },
      "breaking",
    ],
  ])("is a change of the response for diff when it %s", (_, before, after, want) => {
    const [old, now] = [before, after].map((facts) => modelOf(JSON.stringify(films(facts)), "films.json"));
    const changes = diffModels(old ?? drive, now ?? drive).filter(({ aspect }) => aspect === "response");
    expect(changes.map((entry) => entry.class)).toEqual([want]);
  });
});
