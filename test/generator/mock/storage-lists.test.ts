/** Objects of Cloud Storage in the mock: lists, copies and fixtures. */
import { beforeEach, describe, expect, it } from "vitest";
import type { Json, JsonObject } from "../../../generator/src/mock/index.js";
import { openShop, type Shop } from "./storage-support.js";

let shop: Shop;
beforeEach(async () => {
  shop = await openShop();
});

describe("a list of objects", () => {
  const NAMES = ["a", "a/", "a/1", "a/2", "a/b/3", "b/4", "c", "é", "z"];
  beforeEach(async () => {
    for (const name of NAMES) await shop.put(name, name);
  });

  it.each<[query: string, names: readonly string[], prefixes: readonly string[]]>([
    ["", ["a", "a/", "a/1", "a/2", "a/b/3", "b/4", "c", "z", "é"], []],
    ["prefix=a%2F", ["a/", "a/1", "a/2", "a/b/3"], []],
    ["prefix=none", [], []],
    ["delimiter=%2F", ["a", "c", "z", "é"], ["a/", "b/"]],
    ["delimiter=%2F&prefix=a%2F", ["a/", "a/1", "a/2"], ["a/b/"]],
    ["delimiter=%2F&prefix=a", ["a"], ["a/"]],
    ["delimiter=%2F&includeTrailingDelimiter=true", ["a", "a/", "c", "z", "é"], ["a/", "b/"]],
    ["startOffset=a%2F2&endOffset=c", ["a/2", "a/b/3", "b/4"], []],
    ["matchGlob=a%2F*", ["a/", "a/1", "a/2"], []],
    ["matchGlob=**%2F%5B1-3%5D", ["a/1", "a/2", "a/b/3"], []],
    ["matchGlob=%7Ba,c%7D", ["a", "c"], []],
    ["matchGlob=a%2F%5B!1%5D", ["a/2"], []],
    ["matchGlob=?,a.c", [], []],
  ])("is narrowed by %s", async (query, names, prefixes) => {
    expect(await shop.list(query)).toEqual({ names, prefixes, token: undefined });
  });

  it("has empty folders among the prefixes", async () => {
    await shop.call("POST", "b/shop/managedFolders", { name: "a/empty/" });
    const query = "delimiter=%2F&prefix=a%2F&includeFoldersAsPrefixes=True";
    expect(await shop.list(query)).toMatchObject({ names: ["a/", "a/1", "a/2"], prefixes: ["a/b/", "a/empty/"] });
  });

  it("has pages of objects and prefixes, each once", async () => {
    const seen: Json[] = [];
    for (let token = ""; ;) {
      const page = await shop.list(`delimiter=%2F&maxResults=2&pageToken=${token}`);
      seen.push([...(page.names as Json[]), ...(page.prefixes as Json[])]);
      if (page.token === undefined) break;
      token = String(page.token);
    }
    expect(seen).toEqual([
      ["a", "a/"],
      ["c", "b/"],
      ["z", "é"],
    ]);
  });

  it("has page tokens that belong to the same list", async () => {
    const { token } = await shop.list("maxResults=1");
    expect(await shop.send("GET", `storage/v1/b/shop/o?prefix=a&pageToken=${String(token)}`)).toMatchObject({
      status: 400,
    });
    expect(await shop.send("GET", "storage/v1/b/none/o")).toMatchObject({ status: 404 });
    expect(await shop.send("GET", "storage/v1/b/shop/o?matchGlob=%7Ba")).toMatchObject({ status: 400 });
  });
});

describe("a copy", () => {
  beforeEach(async () => {
    await shop.call("POST", "b?project=p", { name: "other" });
    await shop.put("a", "content");
    await shop.call("PATCH", shop.at("a"), { metadata: { x: "1" }, cacheControl: "no-store" });
  });

  it("has the content and metadata of its source", async () => {
    const made = await shop.call("POST", `${shop.at("a")}/copyTo/b/other/o/b%2Fc`);
    expect(made).toMatchObject({ bucket: "other", name: "b/c", metageneration: "1", metadata: { x: "1" } });
    expect((await shop.send("GET", "storage/v1/b/other/o/b%2Fc?alt=media")).body).toBe("content");
    expect(await shop.read("a")).toBe("content");
  });

  it("is complete after one call of rewrite, with the metadata of the request", async () => {
    const body = { metadata: { y: "2" }, storageClass: "COLDLINE" };
    expect(await shop.call("POST", `${shop.at("a")}/rewriteTo/${shop.at("a2")}`, body)).toMatchObject({
      kind: "storage#rewriteResponse",
      done: true,
      objectSize: "7",
      totalBytesRewritten: "7",
      resource: { name: "a2", metadata: { y: "2" }, storageClass: "COLDLINE", contentType: "text/plain" },
    });
  });

  it.each([
    ["ifGenerationMatch=0", "copyTo", "existing"],
    ["ifSourceGenerationMatch=9", "copyTo", "new"],
    ["ifSourceMetagenerationMatch=9", "rewriteTo", "new"],
    ["ifSourceMetagenerationNotMatch=2", "rewriteTo", "new"],
  ])("is not made if a precondition does not hold: %s", async (query, verb, name) => {
    await shop.put("existing", "old");
    expect(await shop.send("POST", `storage/v1/${shop.at("a")}/${verb}/${shop.at(name)}?${query}`)).toMatchObject({
      status: 412,
    });
    expect(await shop.read("existing")).toBe("old");
  });

  it("is not made of a missing object, or in a missing bucket", async () => {
    expect(await shop.send("POST", `storage/v1/${shop.at("none")}/copyTo/${shop.at("b")}`)).toMatchObject({
      status: 404,
    });
    expect(await shop.send("POST", `storage/v1/${shop.at("a")}/copyTo/b/none/o/b`)).toMatchObject({ status: 404 });
  });

  it("replaces its source when it is moved", async () => {
    expect(await shop.call("POST", `${shop.at("a")}/moveTo/o/m`)).toMatchObject({ name: "m", metadata: { x: "1" } });
    expect(await shop.read("m")).toBe("content");
    expect(await shop.send("GET", `storage/v1/${shop.at("a")}`)).toMatchObject({ status: 404 });
  });

  it("joins the content of several objects when it is composed", async () => {
    const { generation } = await shop.put("b", "-more");
    const sources = [{ name: "a" }, { name: "b", generation: generation ?? "" }];
    const made = await shop.call("POST", `${shop.at("all")}/compose`, {
      sourceObjects: sources,
      destination: { contentType: "text/css" },
    });
    expect(made).toMatchObject({ name: "all", size: "12", componentCount: 2, contentType: "text/css" });
    expect(made).not.toHaveProperty("md5Hash");
    expect(await shop.read("all")).toBe("content-more");
    const again = await shop.call("POST", `${shop.at("all")}/compose`, {
      sourceObjects: [{ name: "all" }, { name: "a" }],
    });
    expect(again).toMatchObject({ componentCount: 3 });
  });

  it.each<[what: string, body: JsonObject, status: number]>([
    ["no sources", {}, 400],
    ["a missing source", { sourceObjects: [{ name: "none" }] }, 404],
    ["more than 32 sources", { sourceObjects: Array.from({ length: 33 }, () => ({ name: "a" })) }, 400],
    ["another generation", { sourceObjects: [{ name: "a", objectPreconditions: { ifGenerationMatch: "9" } }] }, 412],
  ])("is not composed of %s", async (_what, body, status) => {
    expect((await shop.send("POST", `storage/v1/${shop.at("all")}/compose`, body)).status).toBe(status);
  });
});

describe("fixtures", () => {
  it("are buckets and objects with the content of the mock's options", async () => {
    shop = await openShop({
      fixtures: {
        "/storage/v1/b": [{ name: "fixed", labels: { a: "1" } }],
        "/storage/v1/b/fixed/o": [{ name: "x/y", contentType: "text/css" }],
      },
      contents: { "/storage/v1/b/fixed/o/x%2Fy": { data: "css" }, "/storage/v1/b/more/o/z": { data: "z" } },
    });
    expect(await shop.call("GET", "b?project=p")).toMatchObject({
      items: [{ labels: { a: "1" } }, { name: "more" }, { name: "shop" }],
    });
    expect(await shop.call("GET", "b/fixed/o")).toMatchObject({
      items: [{ name: "x/y", size: "3", contentType: "text/css", metageneration: "1" }],
    });
    expect((await shop.send("GET", "storage/v1/b/more/o/z?alt=media")).body).toBe("z");
  });
});
