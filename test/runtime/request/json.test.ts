/** Writes JSON bodies and rejects values that JSON cannot represent, with their path. */
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import type { Fault } from "../../../runtime/src/index.js";
import { toJson } from "../../../runtime/src/request/json.js";

function write(value: unknown): { readonly text: string | undefined; readonly faults: readonly string[] } {
  const faults: Fault[] = [];
  const text = toJson(value, "requestBody", faults);
  return { text, faults: faults.map(({ parameter, message }) => `${parameter} ${message}`) };
}

class Own {
  name = "n";
}
class WithMethod extends Own {
  greet(): string {
    return this.name;
  }
}
class Hidden {
  readonly #name = "n";
  toJSON(): object {
    return { name: this.#name };
  }
}
class Getter extends Own {
  get id(): string {
    return "1";
  }
}
class Private {
  readonly #name = "n";
  greet(): string {
    return this.#name;
  }
}
class Itself extends Own {
  toJSON(): this {
    return this;
  }
}

describe("sent", () => {
  const same = { twice: 1 };
  it.each<[string, unknown, string]>([
    [
      "plain values",
      { a: 1, b: "x", c: true, d: null, e: [1, [2]], f: {} },
      '{"a":1,"b":"x","c":true,"d":null,"e":[1,[2]],"f":{}}',
    ],
    ["undefined properties are omitted", { a: undefined, b: 1 }, '{"b":1}'],
    ["minus zero", { a: -0 }, '{"a":0}'],
    ["bigints as strings", { a: 2n ** 63n, b: [1n] }, '{"a":"9223372036854775808","b":["1"]}'],
    ["dates", { a: new Date(0) }, '{"a":"1970-01-01T00:00:00.000Z"}'],
    ["dates together with bigints", { a: new Date(0), b: 1n }, '{"a":"1970-01-01T00:00:00.000Z","b":"1"}'],
    ["URLs", { a: new URL("https://example.com/x") }, '{"a":"https://example.com/x"}'],
    ["an object without a prototype", Object.assign(Object.create(null), { a: 1 }), '{"a":1}'],
    ["an object of another realm", runInNewContext("({ a: [{ b: 1 }] })"), '{"a":[{"b":1}]}'],
    ["an instance of a class", { a: new WithMethod() }, '{"a":{"name":"n"}}'],
    ["the value that toJSON() returns", { a: new Hidden(), b: new Itself() }, '{"a":{"name":"n"},"b":{"name":"n"}}'],
    [
      "a getter of the object itself",
      {
        get a() {
          return 1;
        },
      },
      '{"a":1}',
    ],
    [
      "one object in two places",
      { a: same, b: [same, same], n: 1n },
      '{"a":{"twice":1},"b":[{"twice":1},{"twice":1}],"n":"1"}',
    ],
  ])("%s", (_name, value, text) => expect(write(value)).toEqual({ text, faults: [] }));
});

describe("rejected", () => {
  const circular: { [name: string]: unknown } = { list: [{}] };
  circular["list"] = [{ up: circular }];
  const throwing = {
    toJSON: () => {
      throw new Error("broken");
    },
  };
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  it.each<[string, unknown, string]>([
    ["NaN", { a: { b: Number.NaN } }, "requestBody.a.b must be JSON, not NaN"],
    ["Infinity", [1, Number.NEGATIVE_INFINITY], "requestBody[1] must be JSON, not -Infinity"],
    [
      "undefined in an array",
      { rows: [{ c: [1, undefined] }] },
      "requestBody.rows[0].c[1] must be JSON, not undefined",
    ],
    // oxlint-disable-next-line no-sparse-arrays -- the test needs it
    ["a hole in an array", { a: [1, , 2] }, "requestBody.a[1] must be JSON, not undefined"],
    ["a function", { a: () => 1 }, "requestBody.a must be JSON, not a function"],
    ["a class", { a: Own }, "requestBody.a must be JSON, not a function"],
    ["a symbol", { "x-y": Symbol("s") }, 'requestBody["x-y"] must be JSON, not a symbol'],
    ["a Map", { a: new Map([["k", 1]]) }, "requestBody.a must be JSON, not a Map"],
    ["a Set", { a: new Set([1]) }, "requestBody.a must be JSON, not a Set"],
    ["a WeakMap", { a: new WeakMap() }, "requestBody.a must be JSON, not a WeakMap"],
    ["a Map of another realm", { a: runInNewContext("new Map()") }, "requestBody.a must be JSON, not a Map"],
    ["a promise", { a: Promise.resolve(1) }, "requestBody.a must be JSON, not a Promise"],
    ["a regular expression", { a: /x/ }, "requestBody.a must be JSON, not a RegExp"],
    ["an error", { a: Object.assign(new Error("x"), { code: "E" }) }, "requestBody.a must be JSON, not an Error"],
    ["a Buffer", { a: Buffer.from("x") }, "requestBody.a must be JSON, not bytes: pass a Base64 string"],
    ["bytes", { a: new Uint8Array(2) }, "requestBody.a must be JSON, not bytes"],
    ["floats", { a: new Float64Array([1]) }, "requestBody.a must be JSON, not bytes"],
    ["an ArrayBuffer", { a: new ArrayBuffer(2) }, "requestBody.a must be JSON, not bytes"],
    ["a Blob", { a: new Blob(["x"]) }, "requestBody.a must be JSON, not bytes"],
    ["Headers", { a: new Headers({ b: "c" }) }, "requestBody.a must be JSON, not a Headers"],
    ["search parameters", { a: new URLSearchParams("b=c") }, "requestBody.a must be JSON, not an URLSearchParams"],
    // oxlint-disable-next-line no-new-wrappers -- the test needs it
    ["a boxed number", { a: new Number(1) }, "requestBody.a must be JSON, not a Number"],
    // oxlint-disable-next-line no-new-wrappers -- the test needs it
    ["a boxed string", { a: new String("x") }, "requestBody.a must be JSON, not a String"],
    ["a boxed bigint", { a: Object(1n) }, "requestBody.a must be JSON, not a BigInt"],
    ["an invalid date", { a: new Date(Number.NaN) }, "requestBody.a must be JSON, not an invalid Date"],
    [
      "an object whose toJSON() returns null",
      { a: { toJSON: () => null } },
      "requestBody.a must be JSON, not an Object whose toJSON() returns null",
    ],
    [
      "an object whose toJSON() returns a Map",
      { a: { toJSON: () => new Map() } },
      "requestBody.a must be JSON, not a Map",
    ],
    [
      "an instance of a class with getters",
      [new Getter()],
      "requestBody[0] must be JSON, not a Getter, whose getter `id`",
    ],
    ["an instance with only private properties", { a: new Private() }, "requestBody.a must be JSON, not a Private"],
    ["a circular value", circular, "requestBody.list[0].up is circular"],
    [
      "a toJSON() that throws",
      { a: [throwing] },
      "requestBody.a[0] cannot be converted to JSON: its toJSON() throws: broken",
    ],
    ["a revoked proxy", { a: revoked.proxy }, "requestBody cannot be converted to JSON"],
  ])("%s", (_name, value, message) => {
    const { faults, text } = write(value);
    expect(text).toBeUndefined();
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(message);
  });

  it("reports up to 20 problems", () => {
    expect(write({ a: Number.NaN, b: [undefined], c: 1 }).faults).toHaveLength(2);
    expect(write({ a: Array.from({ length: 1000 }) }).faults).toHaveLength(20);
  });

  it("rejects too deep nesting", () => {
    let deep: unknown = 1;
    for (let level = 0; level < 100_000; level++) deep = [deep];
    expect(write(deep).faults[0]).toContain("requestBody cannot be converted to JSON");
  });
});
