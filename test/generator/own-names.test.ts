/** Names with a special meaning in `params` or in JavaScript are renamed in code and sent unchanged. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build, generate } from "@discogen/generator";
import { AnonymousCredentials } from "@discogen/runtime/auth";
import { describe, expect, it } from "vitest";
import { loadModel } from "../../generator/src/load.js";
import { methodsOf } from "../../generator/src/model/methods.js";
import { readFile } from "node:fs/promises";
import { json, serve } from "../runtime/support/server.js";
import { temporaryFolder } from "../support/folders.js";

const text = { type: "string", location: "query" };

/** Writes a document with the method `things.make`, and overrides parts of that method. */
async function documentWith(method: object, more: object = {}): Promise<string> {
  const file = join(await temporaryFolder(), "names.json");
  const make = {
    id: "names.things.make",
    httpMethod: "POST",
    path: "v1/things",
    request: { $ref: "Thing" },
    response: { $ref: "Thing" },
    ...method,
  };
  const document = {
    kind: "discovery#restDescription",
    name: "names",
    version: "v1",
    rootUrl: "https://names.example/",
    schemas: { Thing: { id: "Thing", type: "object", properties: { name: { type: "string" } } } },
    resources: { things: { methods: { make } } },
    ...more,
  };
  await writeFile(file, JSON.stringify(document));
  return file;
}

const path = { type: "string", location: "path", required: true };

describe("a parameter named like a member of params", () => {
  it.each([
    [
      "in the query",
      { parameters: { media: text, requestBody: { ...text, repeated: true } } },
      { media_: "a b", requestBody_: ["1", "2"] },
      "/v1/things?media=a%20b&requestBody=1&requestBody=2",
    ],
    [
      "in the path",
      { path: "v1/{+media}/things/{requestBody}", parameters: { media: path, requestBody: path } },
      { media_: "a/b", requestBody_: "c" },
      "/v1/a/b/things/c",
    ],
    ["undeclared in the path", { path: "v1/things/{media}" }, { media_: "c" }, "/v1/things/c"],
    [
      "next to one that has the new name",
      { parameters: { media: text, media_: text } },
      { media__: "1", media_: "2" },
      "/v1/things?media=1&media_=2",
    ],
  ])("%s is sent under its own name", async (_, method, params, want) => {
    const { url, seen } = await serve((_request, response) => json(response, 200, {}));
    const client = await build(await documentWith(method), { auth: new AnonymousCredentials(), rootUrl: url });
    await client["things"]?.["make"]?.({ ...params, requestBody: { name: "n" } });
    expect(seen[0]?.url).toBe(want);
    expect(JSON.parse(String(seen[0]?.body))).toEqual({ name: "n" });
  });

  it("is sent under its own name as a global parameter", async () => {
    const { url, seen } = await serve((_request, response) => json(response, 200, {}));
    const file = await documentWith({}, { parameters: { media: text, key: text } });
    const client = await build(file, { auth: new AnonymousCredentials(), rootUrl: url });
    await client["things"]?.["make"]?.({ media_: "1", requestBody: {} });
    expect(seen[0]?.url).toBe("/v1/things?media=1");
  });

  it("is reported, and has another name in code", async () => {
    const out = await temporaryFolder();
    const report = await generate({ apis: [await documentWith({ parameters: { media: text } })], out });
    expect(report.diagnostics).toMatchObject([
      {
        severity: "warning",
        code: "RENAMED",
        pointer: "/resources/things/methods/make/parameters/media",
        message: "the parameter is named media_ in code",
      },
    ]);
    const index = await readFile(join(out, "names/v1/index.ts"), "utf8");
    expect(index).toContain("media_?: string | undefined;");
    expect(index).toContain('media_: { name: "media" }');
  });
});

describe("a location that is neither path nor query", () => {
  it.each(["header", "body", "Query", ""])("%j is an error", async (location) => {
    const file = await documentWith({ parameters: { trace: { type: "string", location } } });
    await expect(loadModel(file)).rejects.toMatchObject({
      diagnostics: [
        {
          severity: "error",
          code: "INVALID_LOCATION",
          pointer: "/resources/things/methods/make/parameters/trace/location",
        },
      ],
    });
  });

  it("is an error in a global parameter", async () => {
    const file = await documentWith({}, { parameters: { trace: { type: "string", location: "header" } } });
    await expect(loadModel(file)).rejects.toThrow("error INVALID_LOCATION");
  });

  it("defaults to a query parameter", async () => {
    const { model } = await loadModel(await documentWith({ parameters: { trace: { type: "string" } } }));
    expect(methodsOf(model.root)[0]?.parameters).toMatchObject([{ name: "trace", location: "query" }]);
  });
});

describe("a member that JavaScript reads", () => {
  const go = (id: string) => ({ id, httpMethod: "GET", path: "v1/go", response: { $ref: "Thing" } });

  it.each(["then", "constructor"])("%s of a client is renamed, so that `await` returns the client", async (name) => {
    const file = await documentWith({}, { methods: { [name]: go(`names.${name}`) } });
    const { warnings } = await loadModel(file);
    expect(warnings).toMatchObject([{ code: "RENAMED", message: `the member is named ${name}_ in code` }]);
    const client = await build(file, { auth: new AnonymousCredentials() });
    expect(await client).toBe(client);
    expect(client[`${name}_`]).toBeTypeOf("function");
  });

  it("a method or resource named `then` is renamed", async () => {
    const resources = JSON.parse(
      `{ "things": { "methods": { "then": ${JSON.stringify(go("a"))} } }, "then": { "methods": { "go": ${JSON.stringify(go("b"))} } } }`,
    );
    const client = await build(await documentWith({}, { resources }), { auth: new AnonymousCredentials() });
    expect(Object.keys(client)).toEqual(["things", "then_"]);
    expect(Object.getOwnPropertyNames(client["things"])).toEqual(["then_"]);
  });
});
