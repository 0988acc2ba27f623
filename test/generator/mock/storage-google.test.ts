/** Cloud Storage v1 in the mock, from Google's document. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { indexApi } from "../../../generator/src/mock/api-index.js";
import { apiFacts } from "../../../generator/src/mock/known-apis/index.js";
import { CORPUS, needsCorpus } from "../../support/folders.js";
import { openShop } from "./storage-support.js";
import { modelOf } from "./support.js";

describe.each(["2024", "2026"])(`Google's document of %s${needsCorpus}`, (year) => {
  const file = join(CORPUS, year, "storage.v1.json");
  const model = existsSync(file) ? modelOf(readFileSync(file, "utf8"), file) : undefined;

  it.skipIf(model === undefined)("has the methods that the mock knows", () => {
    if (model === undefined) return;
    const ids = new Set(indexApi(model).resources.flatMap(({ methods }) => methods.map(({ method }) => method.id)));
    const { methods } = apiFacts("storage:v1");
    // Newer than the document of 2024.
    const late = ["buckets.restore", "buckets.relocate", "buckets.getStorageLayout", "objects.move"];
    const later = new Set([...late, "objects.restore", "objects.bulkRestore"].map((id) => `storage.${id}`));
    expect(Object.keys(methods).filter((id) => !ids.has(id) && !later.has(id))).toEqual([]);
  });

  it.skipIf(model === undefined)("serves uploads, copies, lists and deletions", async () => {
    const shop = await openShop({}, model);
    await shop.put("a/1", "one", "&ifGenerationMatch=0");
    expect(await shop.upload("a/1", "two", "&ifGenerationMatch=0")).toMatchObject({ status: 412 });
    await shop.call("POST", `${shop.at("a/1")}/rewriteTo/${shop.at("b/2")}`);
    expect(await shop.list("delimiter=%2F")).toMatchObject({ names: [], prefixes: ["a/", "b/"] });
    await shop.call("PATCH", shop.at("b/2"), { metadata: { x: "1" }, contentType: "text/css" });
    expect(await shop.call("GET", `${shop.at("b/2")}?projection=full`)).toMatchObject({
      kind: "storage#object",
      metadata: { x: "1" },
      acl: [{}, {}, {}, {}],
    });
    expect(await shop.read("b/2")).toBe("one");
    for (const name of ["a/1", "b/2"]) await shop.call("DELETE", shop.at(name));
    expect(await shop.send("DELETE", "storage/v1/b/shop")).toMatchObject({ status: 204 });
  });
});
