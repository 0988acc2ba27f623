/** Imports run downwards, without cycles. The linter checks most of this, but not every lazy import and type. */
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT } from "./support/folders.js";
import { type Graph, betweenFolders, cyclesIn, importsBelow, importsOf, upwardIn } from "./support/imports.js";

/** The layers of the runtime, the highest first. A folder imports only folders below it; those in one row are apart. */
const layers = [
  ["auth.ts", "files.ts", "index.ts", "names.ts", "retry.ts", "testing.ts"],
  ["testing"],
  ["batch"],
  ["client", "media"],
  ["response"],
  ["call"],
  ["auth"],
  ["policy"],
  ["decode"],
  ["transport"],
  ["request"],
  ["platform"],
  ["errors.ts"],
  ["error-details.ts", "kinds.ts", "method.ts", "platform-types.ts", "redact.ts", "version.ts"],
];

const runtime = await importsBelow(join(ROOT, "runtime/src"));
const generator = await importsBelow(join(ROOT, "generator/src"));

describe("imports of the runtime", () => {
  it("run downwards", () => {
    expect(runtime.size).toBeGreaterThan(100);
    expect(upwardIn(runtime, layers)).toEqual([]);
  });

  it("have no cycle between files", () => {
    expect(cyclesIn(runtime)).toEqual([]);
  });

  it("have no cycle between folders", () => {
    expect(cyclesIn(betweenFolders(runtime))).toEqual([]);
  });
});

describe("imports of the generator", () => {
  it("have no cycle between files", () => {
    expect(generator.size).toBeGreaterThan(100);
    expect(cyclesIn(generator)).toEqual([]);
  });

  it("have no cycle between layers", () => {
    const layerOf = (path: string): string => path.split("/")[0] ?? path;
    const byLayer = new Map<string, string[]>();
    for (const [path, imported] of generator) {
      const layer = layerOf(path);
      const others = imported.map(layerOf).filter((other) => other !== layer);
      byLayer.set(layer, [...(byLayer.get(layer) ?? []), ...others]);
    }
    expect(cyclesIn(byLayer)).toEqual([]);
  });
});

describe("the checks", () => {
  const graph: Graph = new Map([
    ["auth/a.ts", ["policy/b.ts"]],
    ["policy/b.ts", []],
  ]);

  it.each([
    ["a value import", 'import { send } from "../auth/a.js";'],
    ["an unassigned import", 'import "../auth/a.js";'],
    ["a type import", 'import type { A } from "../auth/a.js";'],
    ["an inline type import", 'import { type A } from "../auth/a.js";'],
    ["an import type", 'export type A = import("../auth/a.js").A;'],
    ["a lazy import", 'const { a } = await import("../auth/a.js");'],
    ["a re-export", 'export { a } from "../auth/a.js";'],
    ["a re-export of types", 'export type * from "../auth/a.js";'],
  ])("find %s that runs upwards and closes a cycle", (_kind, text) => {
    const changed = new Map([...graph, ["policy/b.ts", importsOf("policy/b.ts", text)]]);
    expect(upwardIn(changed, layers)).toEqual(["policy/b.ts imports auth/a.ts"]);
    expect(cyclesIn(changed)).toEqual([["auth/a.ts", "policy/b.ts", "auth/a.ts"]]);
    expect(cyclesIn(betweenFolders(changed))).toEqual([["auth", "policy", "auth"]]);
  });

  it("find imports between folders of one row", () => {
    expect(upwardIn(new Map([["client/a.ts", ["media/b.ts"]]]), layers)).toEqual(["client/a.ts imports media/b.ts"]);
  });

  it("find files that are in no layer", () => {
    expect(upwardIn(new Map([["other/a.ts", []]]), layers)).toEqual(["other/a.ts is in no layer"]);
  });

  it("ignore comments and strings", () => {
    const text = 'export const text = "import a from \'../auth/a.js\'"; // import "../auth/a.js"\n';
    expect(importsOf("policy/b.ts", text)).toEqual([]);
  });
});
