/** Objects of Cloud Storage in the mock: content, generations, preconditions and names. */
import { beforeEach, describe, expect, it } from "vitest";
import { openShop, REFUSED, type Shop } from "./storage-support.js";
import type { MockedResponse } from "./support.js";

let shop: Shop;
beforeEach(async () => {
  shop = await openShop();
});

describe("an object", () => {
  it("has the facts of its content", async () => {
    const made = await shop.put("a/b c.txt", "content");
    expect(made).toMatchObject({
      kind: "storage#object",
      id: `shop/a/b c.txt/${String(made["generation"])}`,
      bucket: "shop",
      name: "a/b c.txt",
      contentType: "text/plain",
      size: "7",
      md5Hash: "mgNkuembtIDdJeHwKEyFVQ==",
      crc32c: expect.stringMatching(/^.{6}==$/),
      metageneration: "1",
      storageClass: "STANDARD",
      timeCreated: expect.any(String),
    });
    expect(await shop.call("GET", shop.at("a/b c.txt"))).toEqual(made);
    expect(await shop.send("GET", String(made["selfLink"]))).toMatchObject({ status: 200, body: made });
    expect(await shop.send("GET", String(made["mediaLink"]))).toMatchObject({ status: 200, body: "content" });
  });

  it.each(["a b", "ü/ö", "50%41", "a?b#c", "a+b&c", "日本/語.txt", "-", ".x", "..x", "/a//b/"])(
    "can have the name %s",
    async (name) => {
      await shop.put(name, name);
      expect(await shop.read(name)).toBe(name);
      expect(await shop.list("")).toMatchObject({ names: [name] });
      expect(await shop.send("DELETE", `storage/v1/${shop.at(name)}`)).toMatchObject({ status: 204 });
    },
  );

  it.each(["a/../b", "..", "./a"])("cannot have the name %s, which is refused", async (name) => {
    expect(await shop.upload(name, "1")).toMatchObject(REFUSED);
  });

  it("is replaced by an upload of the same name, with a new generation", async () => {
    const first = await shop.put("a", "1");
    await shop.call("PATCH", shop.at("a"), { metadata: { x: "1" } });
    const second = await shop.put("a", "22");
    expect(Number(second["generation"])).toBeGreaterThan(Number(first["generation"]));
    expect(second).toMatchObject({ metageneration: "1", size: "2" });
    expect(second).not.toHaveProperty("metadata");
    expect(await shop.read("a")).toBe("22");
    expect(
      await shop.send("GET", `storage/v1/${shop.at("a")}?generation=${String(first["generation"])}`),
    ).toMatchObject({
      status: 404,
    });
  });

  it("keeps its earlier generations if the bucket has versioning", async () => {
    await shop.call("PATCH", "b/shop", { versioning: { enabled: true } });
    const first = await shop.put("a", "1");
    await shop.put("a", "2");
    const old = `&generation=${String(first["generation"])}`;
    expect(await shop.read("a", old)).toBe("1");
    expect(await shop.list("versions=true")).toMatchObject({ names: ["a", "a"] });
    expect(await shop.list("")).toMatchObject({ names: ["a"] });
    await shop.call("DELETE", shop.at("a"));
    expect(await shop.list("")).toMatchObject({ names: [] });
    expect(await shop.list("versions=true")).toMatchObject({ names: ["a", "a"] });
    expect(await shop.send("DELETE", "storage/v1/b/shop")).toMatchObject({ status: 409 });
    await shop.call("DELETE", `${shop.at("a")}?${old}`);
    expect(await shop.list("versions=true")).toMatchObject({ names: ["a"] });
  });

  it.each<[what: string, query: string, status: number]>([
    ["must not exist", "&ifGenerationMatch=0", 412],
    ["must have another generation", "&ifGenerationMatch=99999", 412],
    ["must have this generation", "&ifGenerationMatch=GENERATION", 200],
    ["must not have this generation", "&ifGenerationNotMatch=GENERATION", 412],
    ["must exist", "&ifGenerationNotMatch=0", 200],
    ["must have another metageneration", "&ifMetagenerationMatch=5", 412],
    ["must have this metageneration", "&ifMetagenerationMatch=1", 200],
  ])("is replaced only if the precondition holds: it %s", async (_what, query, status) => {
    const { generation } = await shop.put("a", "1");
    const response = await shop.upload("a", "2", query.replace("GENERATION", String(generation)));
    expect(response.status).toBe(status);
    expect(await shop.read("a")).toBe(status === 200 ? "2" : "1");
  });

  it.each<[what: string, query: string, status: number]>([
    ["must not exist", "&ifGenerationMatch=0", 200],
    ["must have a generation", "&ifGenerationMatch=7", 412],
  ])("is made only if the precondition holds: it %s", async (_what, query, status) => {
    expect((await shop.upload("new", "1", query)).status).toBe(status);
    expect((await shop.send("GET", `storage/v1/${shop.at("new")}`)).status).toBe(status === 200 ? 200 : 404);
  });

  it.each<[what: string, verb: string, query: string, status: number]>([
    ["a read of the known generation", "GET", "ifGenerationNotMatch=GENERATION", 304],
    ["a download of the known generation", "GET", "alt=media&ifGenerationNotMatch=GENERATION", 304],
    ["a read of another generation", "GET", "ifGenerationMatch=9", 412],
    ["a download of another generation", "GET", "alt=media&ifGenerationMatch=9", 412],
    ["a deletion of another generation", "DELETE", "ifGenerationMatch=9", 412],
    ["a deletion of another metageneration", "DELETE", "ifMetagenerationMatch=9", 412],
    ["a deletion of this generation", "DELETE", "ifGenerationMatch=GENERATION", 204],
    ["a patch of another metageneration", "PATCH", "ifMetagenerationMatch=9", 412],
    ["a missing generation", "GET", "generation=12345", 404],
    ["this generation", "GET", "generation=GENERATION", 200],
    ["a deleted object", "GET", "softDeleted=true&generation=GENERATION", 400],
  ])("checks preconditions of %s", async (_what, verb, query, status) => {
    const { generation } = await shop.put("a", "1");
    const path = `storage/v1/${shop.at("a")}?${query.replace("GENERATION", String(generation))}`;
    expect((await shop.send(verb, path, verb === "PATCH" ? {} : undefined)).status).toBe(status);
  });

  it("is changed by patch, where null removes, and by update, which replaces", async () => {
    await shop.put("a", "1");
    await shop.call("PATCH", shop.at("a"), { metadata: { x: "1", y: "2" }, cacheControl: "no-store" });
    const patched = await shop.call("PATCH", shop.at("a"), { metadata: { x: null }, contentType: "text/css" });
    expect(patched).toMatchObject({
      metadata: { y: "2" },
      cacheControl: "no-store",
      contentType: "text/css",
      metageneration: "3",
      size: "1",
    });
    const updated = await shop.call("PUT", shop.at("a"), { contentType: "text/html", size: "99", generation: "1" });
    expect(updated).toMatchObject({ contentType: "text/html", size: "1", metageneration: "4" });
    expect(updated).not.toHaveProperty("metadata");
    expect(updated).not.toHaveProperty("cacheControl");
    expect(updated["generation"]).toBe(patched["generation"]);
  });

  it("sends its metadata with its content", async () => {
    await shop.put("a", "0123456789");
    await shop.call("PATCH", shop.at("a"), { cacheControl: "no-store", contentType: "text/css" });
    const response = await shop.send("GET", `storage/v1/${shop.at("a")}?alt=media`, undefined, { range: "bytes=2-4" });
    expect(response).toMatchObject({ status: 206, body: "234" });
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-range": "bytes 2-4/10",
      "content-type": "text/css",
      "cache-control": "no-store",
      "x-goog-generation": expect.stringMatching(/^\d+$/),
      "x-goog-hash": expect.stringMatching(/^crc32c=.+,md5=.+$/),
      "x-goog-metageneration": "2",
      "x-goog-storage-class": "STANDARD",
      "x-goog-stored-content-length": "10",
    });
  });

  it.each([`download/storage/v1/b/shop/o/a%2Fb?alt=media`, "shop/a/b", "shop/a%2Fb"])(
    "is downloaded from %s",
    async (path) => {
      await shop.put("a/b", "content");
      expect(await shop.send("GET", path)).toMatchObject({ status: 200, body: "content" });
    },
  );

  it.each(["storage", "upload", "download"])("can be in a bucket with the name %s", async (bucket) => {
    await shop.call("POST", "b?project=p", { name: bucket });
    const made = await shop.send("POST", `upload/storage/v1/b/${bucket}/o?uploadType=media&name=a`, "1");
    expect(made).toMatchObject({ status: 200, body: { bucket } });
    expect(await shop.call("GET", `b/${bucket}/o/a`)).toEqual(made.body);
  });

  it("is not deleted or replaced while it has a hold", async () => {
    await shop.put("a", "1");
    await shop.call("PATCH", shop.at("a"), { temporaryHold: true });
    expect(await shop.send("DELETE", `storage/v1/${shop.at("a")}`)).toMatchObject({ status: 403 });
    expect(await shop.upload("a", "2")).toMatchObject({ status: 403 });
    await shop.call("PATCH", shop.at("a"), { temporaryHold: false });
    expect(await shop.send("DELETE", `storage/v1/${shop.at("a")}`)).toMatchObject({ status: 204 });
  });

  it("is not found after its deletion", async () => {
    await shop.put("a", "1");
    await shop.call("DELETE", shop.at("a"));
    for (const query of ["", "?alt=media"])
      expect(await shop.send("GET", `storage/v1/${shop.at("a")}${query}`)).toMatchObject({ status: 404 });
    expect(await shop.send("DELETE", `storage/v1/${shop.at("a")}`)).toMatchObject({ status: 404 });
  });

  it.each<[what: string, send: () => Promise<MockedResponse>]>([
    ["an encryption key", () => shop.upload("a", "1", "&kmsKeyName=projects/p/k")],
    ["another storage class", () => shop.send("PATCH", `storage/v1/${shop.at("old")}`, { storageClass: "COLDLINE" })],
    ["a filter", () => shop.send("GET", "storage/v1/b/shop/o?filter=x")],
    ["deleted objects", () => shop.send("GET", "storage/v1/b/shop/o?softDeleted=true")],
  ])("is refused with %s", async (_what, sendRefused) => {
    await shop.put("old", "1");
    expect(await sendRefused()).toMatchObject(REFUSED);
  });

  it.each<[what: string, status: number, path: string]>([
    ["an upload to a missing bucket", 404, "upload/storage/v1/b/none/o?uploadType=media&name=a"],
    ["an upload without a name", 400, "upload/storage/v1/b/shop/o?uploadType=media"],
    ["an insert without content", 400, "storage/v1/b/shop/o?name=a"],
  ])("responds to %s with %i", async (_what, status, path) => {
    expect((await shop.send("POST", path, path.startsWith("upload") ? "1" : {})).status).toBe(status);
  });
});
