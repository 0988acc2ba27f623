/** Documents with rare parts, and without common ones. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build, generate } from "@discogen/generator";
import { AnonymousCredentials } from "@discogen/runtime/auth";
import { describe, expect, it } from "vitest";
import { typeErrors } from "../../scripts/type-check.js";
import { json, serve } from "../runtime/support/server.js";
import { temporaryFolder } from "../support/folders.js";

async function documentWith(method: object, more: object = {}): Promise<string> {
  const file = join(await temporaryFolder(), "odd.json");
  const go = { id: "odd.go", httpMethod: "POST", path: "v1/go", ...method };
  const head = { kind: "discovery#restDescription", name: "odd", version: "v1", rootUrl: "https://odd.example/" };
  await writeFile(file, JSON.stringify({ ...head, methods: { go }, ...more }));
  return file;
}

/** Generates and type-checks the code of a document. */
async function codeOf(file: string) {
  const out = await temporaryFolder();
  const report = await generate({ apis: [file], out });
  expect(await typeErrors(out)).toBe("");
  const text = async (name: string) => readFile(join(out, "odd/v1", name), "utf8");
  return { report, index: await text("index.ts"), schemas: await text("schemas.ts") };
}

describe("an upload with only the resumable protocol", () => {
  const mediaUpload = {
    accept: ["*/*"],
    protocols: { resumable: { multipart: true, path: "/resumable/upload/v1/go" } },
  };

  async function client() {
    const server = await serve((request, response) => {
      if (request.method === "POST") response.setHeader("location", `http://${request.headers.host ?? ""}/session`);
      json(response, 200, {});
    });
    const options = { auth: new AnonymousCredentials(), rootUrl: server.url };
    return { server, client: await build(await documentWith({ mediaUpload }), options) };
  }

  it("sends small content in a session", async () => {
    const { server, client: odd } = await client();
    await odd["go"]?.({ media: { body: "a", mimeType: "text/plain" } });
    expect(server.seen.map(({ method, url }) => `${method} ${url}`)).toEqual([
      "POST /upload/v1/go?uploadType=resumable",
      "PUT /session",
    ]);
  });

  it("rejects resumable: false", async () => {
    const { server, client: odd } = await client();
    const media = { body: "a", resumable: false };
    await expect(odd["go"]?.({ media })).rejects.toThrow("media.resumable must not be false");
    expect(server.seen).toEqual([]);
  });
});

it("a document without schemas has an empty schemas.ts", async () => {
  const { index, schemas } = await codeOf(await documentWith({}));
  expect(schemas).toContain("export {};");
  expect(index).toContain('export type * from "./schemas.js";');
});

it("a property whose name is a number keeps its name", async () => {
  const Thing = { id: "Thing", type: "object", properties: { 123: { type: "string" } } };
  const { schemas } = await codeOf(await documentWith({}, { schemas: { Thing } }));
  expect(schemas).toContain('  "123"?: string;');
});

it("a request without a type is reported, and the method takes no body", async () => {
  const { index, report } = await codeOf(await documentWith({ request: {} }));
  expect(report.diagnostics).toMatchObject([
    { severity: "warning", code: "EMPTY_REQUEST", pointer: "/methods/go/request" },
  ]);
  expect(index).not.toContain("requestBody");
});

it("no text in the code looks like the address of a source map", async () => {
  const sourceMap = "x//# sourceMappingURL=data:evil";
  const property = { type: "string", enum: [sourceMap], description: sourceMap };
  const schemas = {
    Thing: { id: "Thing", type: "object", description: sourceMap, properties: { [sourceMap]: property } },
  };
  const parameters = { [sourceMap]: { type: "string", location: "query", required: true, enum: [sourceMap] } };
  const code = await codeOf(await documentWith({ parameters, description: sourceMap }, { schemas, title: sourceMap }));
  for (const text of [code.index, code.schemas]) expect(text).not.toMatch(/\/[/*][#@]\s+source(?:Mapping)?URL/);
});

it("launch stages, subscriptions and the download service are described", async () => {
  const flags = { supportsSubscription: true, useMediaDownloadService: true };
  const labels = ["limited_availability", "labs", "deprecated"];
  const { index } = await codeOf(await documentWith(flags, { labels }));
  expect(index).toContain("This API has limited availability");
  expect(index).toContain("This API is experimental");
  expect(index).toContain("Supports push notifications");
  expect(index).toContain("media download service");
});
