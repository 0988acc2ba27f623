/** Discovery documents that the mock serves, with its own addresses. */
import { readFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readDocument } from "../../../generator/src/discovery/read.js";
import { loadModel } from "../../../generator/src/load.js";
import { type JsonObject, type Mock, startMock } from "../../../generator/src/mock/index.js";
import { buildModel } from "../../../generator/src/model/build.js";
import { ROOT } from "../../support/folders.js";
import { libraryDocument } from "./library.js";
import { library, mockFor, object, responseOf, sqladmin } from "./support.js";

const sqladminFile = join(ROOT, "generator/documents/sqladmin.v1beta3.json");
const sqladminJson: JsonObject = JSON.parse(readFileSync(sqladminFile, "utf8"));

/** Returns the library API with another name, version and other addresses. */
function variant(facts: object) {
  const { document, json } = readDocument(JSON.stringify({ ...libraryDocument, ...facts }), "x.json");
  return { model: buildModel(document, {}, () => {}), json };
}

const apis = [
  { model: sqladmin, json: sqladminJson },
  { model: library, json: libraryDocument },
  variant({ version: "v2beta1" }),
  variant({ version: "v10", description: "Tenth" }),
  variant({
    name: "shop",
    version: "v1",
    rootUrl: "https://www.googleapis.com/root/",
    baseUrl: "https://www.googleapis.com/root/library/v1/",
    basePath: "/root/library/v1/",
    mtlsRootUrl: "https://www.mtls.googleapis.com/",
    batchPath: "batch/shop/v1",
    endpoints: [{ endpointUrl: "https://shop.eu.rep.googleapis.com/", location: "eu", description: "Europe" }],
    icons: { x16: "https://www.google.com/16.png" },
  }),
];
const options = { models: apis.map(({ model }) => model), documents: apis.map(({ json }) => json) };

let mock: Mock;
beforeAll(async () => {
  mock = await startMock(options);
});
afterAll(() => mock.close());

const get = async (path: string, init: RequestInit = {}) => responseOf(await fetch(mock.url + path, init));
const ids = (list: JsonObject) => (list["items"] as JsonObject[] | undefined)?.map(({ id }) => id); // a directory list

describe("a document", () => {
  it("has the addresses of the mock, and is otherwise the original", async () => {
    const { status, body } = await get("discovery/v1/apis/sqladmin/v1beta3/rest");
    const { rootUrl, baseUrl, mtlsRootUrl, ...rest } = object(body);
    expect({ status, rootUrl, baseUrl, mtlsRootUrl }).toEqual({
      status: 200,
      rootUrl: mock.url,
      baseUrl: mock.url + sqladmin.servicePath,
      mtlsRootUrl: "mtlsRootUrl" in sqladminJson ? mock.url : undefined,
    });
    expect({ ...sqladminJson, ...rest }).toEqual(sqladminJson);
  });

  it("keeps the path of its root URL, and has no other host in its endpoints", async () => {
    expect((await get("discovery/v1/apis/shop/v1/rest")).body).toMatchObject({
      rootUrl: `${mock.url}root/`,
      servicePath: "library/v1/",
      baseUrl: `${mock.url}root/library/v1/`,
      basePath: "/root/library/v1/",
      mtlsRootUrl: `${mock.url}root/`,
      batchPath: "batch/shop/v1",
      endpoints: [{ endpointUrl: `${mock.url}root/`, location: "eu", description: "Europe" }],
    });
  });

  it("names the host that the client used", async () => {
    const local = mock.url.replace("127.0.0.1", "localhost");
    const response = await fetch(`${local}discovery/v1/apis/library/v1/rest`);
    expect(await response.json()).toMatchObject({ rootUrl: local });
  });

  it.each([
    ["the only API with a version", "$discovery/rest?version=v1beta3", "sqladmin:v1beta3"],
    ["an encoded path", "%24discovery/rest?version=v1beta3&key=abc", "sqladmin:v1beta3"],
    ["a name", "$discovery/rest?version=v1&name=shop", "shop:v1"],
    ["a name without a version", "$discovery/rest?name=sqladmin", "sqladmin:v1beta3"],
    ["a path", "discovery/v1/apis/library/v10/rest?key=abc", "library:v10"],
  ])("is found by %s", async (_what, path, id) => {
    const { name, version } = object((await get(path)).body);
    expect(`${String(name)}:${String(version)}`).toBe(id);
  });

  it.each([
    ["a version that several APIs have", 400, "$discovery/rest?version=v1", "(library:v1, shop:v1); add the name"],
    ["no version and no name", 400, "$discovery/rest", "several APIs"],
    ["an unknown version", 404, "$discovery/rest?version=v3", "It serves sqladmin:v1beta3, library:v1"],
    ["an unknown name", 404, "$discovery/rest?version=v1&name=drive", "no document for drive v1"],
    ["an unknown path", 404, "discovery/v1/apis/drive/v3/rest", "no document for drive:v3"],
    ["a broken escape", 404, "discovery/v1/apis/%/v3/rest", "no document for %:v3"],
  ])("is not guessed: %s", async (_what, status, path, message) => {
    expect(await get(path)).toMatchObject({ status, body: { error: { message: expect.stringContaining(message) } } });
  });

  it("has the fields that the query selects", async () => {
    expect((await get("discovery/v1/apis/library/v1/rest?fields=id,name,auth/oauth2")).body).toEqual({
      name: "library",
      auth: libraryDocument.auth,
    });
    expect((await get("discovery/v1/apis?name=shop&fields=items(id)")).body).toEqual({ items: [{ id: "shop:v1" }] });
  });

  it("is found by the host that the client names", async () => {
    const { port } = new URL(mock.url);
    for (const host of [`shop.localhost:${port}`, "shop.googleapis.com"]) {
      const body = await new Promise<string>((resolve, reject) => {
        const address = new URL("$discovery/rest?version=v1", mock.url);
        request(address, { headers: { host } }, (response) => text(response).then(resolve, reject)).end();
      });
      const rootUrl = host.includes("localhost") ? `http://${host}/root/` : `${mock.url}root/`;
      expect(JSON.parse(body)).toMatchObject({ name: "shop", rootUrl });
    }
  });

  it("is for reading only", async () => {
    expect(await get("discovery/v1/apis/library/v1/rest", { method: "HEAD" })).toMatchObject({ status: 200 });
    expect(await get("discovery/v1/apis/library/v1/rest", { method: "POST" })).toMatchObject({ status: 404 });
  });

  it("does not use up a fault", async () => {
    const own = await mockFor({ ...options, faults: [{ on: "call", status: 503 }] });
    expect((await fetch(`${own.url}discovery/v1/apis`)).status).toBe(200);
    expect(own.faults).toHaveLength(1);
  });
});

describe("the directory", () => {
  it("lists each API with the address of its document", async () => {
    const { body } = await get("discovery/v1/apis");
    expect(body).toMatchObject({ kind: "discovery#directoryList", discoveryVersion: "v1" });
    const items = object(body)["items"] as readonly JsonObject[]; // the list of the directory
    expect(items.at(-1)).toEqual({
      kind: "discovery#directoryItem",
      id: "shop:v1",
      name: "shop",
      version: "v1",
      title: expect.any(String),
      description: "",
      discoveryRestUrl: `${mock.url}discovery/v1/apis/shop/v1/rest`,
      icons: { x16: "https://www.google.com/16.png" },
      documentationLink: "",
      preferred: true,
    });
    for (const { discoveryRestUrl, name } of items)
      expect(await (await fetch(String(discoveryRestUrl))).json()).toMatchObject({ name });
  });

  it.each([
    ["", ["sqladmin:v1beta3", "library:v1", "library:v2beta1", "library:v10", "shop:v1"]],
    ["?name=library", ["library:v1", "library:v2beta1", "library:v10"]],
    ["?preferred=true", ["sqladmin:v1beta3", "library:v10", "shop:v1"]],
    ["?name=library&preferred=true", ["library:v10"]],
    ["?preferred=false&name=shop", ["shop:v1"]],
    ["?name=drive", undefined],
  ])("lists the APIs that the query %j selects", async (query, want) => {
    expect(ids(object((await get(`discovery/v1/apis${query}`)).body))).toEqual(want);
  });

  it("serves this project's own loader", async () => {
    const directoryUrl = `${mock.url}discovery/v1/apis`;
    const { model } = await loadModel("shop:v1", { directoryUrl, lock: false, cache: false });
    expect(model).toMatchObject({ id: "shop:v1", rootUrl: `${mock.url}root/` });
  });
});

describe("a mock without documents", () => {
  it("says how to pass them", async () => {
    const own = await mockFor();
    for (const path of ["discovery/v1/apis", "$discovery/rest?version=v1", "discovery/v1/apis/library/v1/rest"]) {
      expect(await responseOf(await fetch(own.url + path))).toMatchObject({
        status: 404,
        body: { error: { message: expect.stringContaining("pass `documents` to startMock") } },
      });
    }
  });

  it("refuses documents of other APIs, and values that are not documents", async () => {
    for (const json of [{ ...libraryDocument, version: "v2" }, {}]) {
      await expect(startMock({ models: [library], documents: [json] })).rejects.toThrow(
        "documents[0] is not the document of one of the models",
      );
    }
  });
});
