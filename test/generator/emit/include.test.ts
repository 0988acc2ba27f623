/** `--include` changes which methods exist, never what a method returns. */
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { emitApi } from "../../../generator/src/emit/emitter.js";
import { loadModel } from "../../../generator/src/load.js";
import { methodsOf } from "../../../generator/src/model/methods.js";
import { ROOT } from "../../support/folders.js";

/** Returns each method of each class with its doc comment: `class X` → `name(…) …`. */
function declarationsOf(index: string): readonly string[] {
  return index.split(/^export class /m).flatMap((text, place) => {
    if (place === 0) return [];
    const name = /^\w+/.exec(text)?.[0] ?? "";
    const body = text.slice(0, text.indexOf("\n}\n"));
    return body
      .split(/(?<=\n {2}\}\n)/)
      .filter((member) => /^ {4}return runtime\.(?:call|content|download|operate|paged|stream)\(/m.test(member))
      .map((member) => `${name} ${member.slice(member.lastIndexOf("\n  /**")).trim()}`);
  });
}

describe.each([["sqladmin:v1beta3"], [join(ROOT, "test/fixtures/shelves.v1.json")]])(
  "--include with one method of %s",
  async (api) => {
    const { model } = await loadModel(api);
    const indexOf = async (include?: readonly string[]) =>
      emitApi((await loadModel(api, include === undefined ? {} : { include })).model)[0]?.text ?? "";
    const complete = new Set(declarationsOf(await indexOf()));

    it.each(methodsOf(model.root).map(({ id }) => id))("%s is declared as in the complete output", async (id) => {
      const selected = declarationsOf(await indexOf([id]));
      expect(selected.length).toBeGreaterThan(0);
      expect(selected.filter((declaration) => !complete.has(declaration))).toEqual([]);
    });
  },
);
