/** Two runs at the same time in one folder: each keeps what the other wrote. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readLock } from "../../generator/src/discovery/lock.js";
import { openOutputState } from "../../generator/src/output-state.js";
import { loadModel } from "../../generator/src/load.js";
import { writePins } from "../../generator/src/pin.js";
import { ROOT, temporaryFolder } from "../support/folders.js";

it("the manifest lists the files of both", async () => {
  const folder = await temporaryFolder();
  const [one, other] = [await openOutputState(folder), await openOutputState(folder)];
  const facts = { revision: "1", client: "Client", methods: 0, schemas: 0, warnings: [] };
  one.record("a:v1", "input a", [{ path: "a/v1/index.ts", hash: "a" }], facts);
  other.record("b:v1", "input b", [{ path: "b/v1/index.ts", hash: "b" }], facts);
  await one.save();
  await other.save();
  const manifest = JSON.parse(await readFile(join(folder, ".discogen.json"), "utf8"));
  expect(Object.keys(manifest.apis)).toEqual(["a:v1", "b:v1"]);
});

it("the lock has the pins of both", async () => {
  const folder = await temporaryFolder();
  const { model } = await loadModel(join(ROOT, "test/fixtures/shelves.v1.json"));
  const pinned = (id: string) => ({
    model: { ...model, id },
    text: "{}",
    entry: { source: "https://shelves.example/", revision: "1", sha256: "0" },
  });
  const [one, other] = [await readLock(folder), await readLock(folder)];
  await writePins(one, [pinned("a:v1")]);
  const { apis } = await writePins(other, [pinned("b:v1")]);
  expect([...apis.keys()]).toEqual(["a:v1", "b:v1"]);
  expect([...(await readLock(folder)).apis.keys()]).toEqual(["a:v1", "b:v1"]);
});
