/** Initial resources of a mock. */
import { describe, expect, it } from "vitest";
import { exampleFixtures, FixtureError, type Fixtures, startMock } from "../../../generator/src/mock/index.js";
import { INSTANCES, library, mockFor, object, authorized, sqladmin } from "./support.js";

const at = `/${INSTANCES}`;

describe("fixtures", () => {
  it("exist only for APIs that Discogen has examples for", () => {
    expect(Object.keys(exampleFixtures([library]))).toEqual([]);
    expect(exampleFixtures([library, sqladmin])[at]).toHaveLength(5);
  });

  it("get the values of their path, and can be read, updated and listed", async () => {
    const call = await authorized(await mockFor({ fixtures: { [at]: [{ instance: "a" }, { instance: "b c" }] } }));
    expect(await call("GET", `${INSTANCES}/b%20c`)).toMatchObject({
      body: { kind: "sql#instance", instance: "b c", project: "example-123" },
    });
    expect(await call("PATCH", `${INSTANCES}/a`, { settings: { tier: "D1" } })).toMatchObject({ status: 200 });
    expect(object((await call("GET", INSTANCES)).body)["items"]).toHaveLength(2);
  });

  it("make the items of a collection without insert known", async () => {
    const fixtures = { "/library/v1/reviews": [{ text: "good" }, { text: "bad" }] };
    const call = await authorized(await mockFor({ fixtures }));
    expect(await call("GET", "library/v1/reviews")).toMatchObject({
      body: { data: { items: [{ text: "good" }, { text: "bad" }] } },
    });
  });

  it("of two mocks are independent", async () => {
    const fixtures: Fixtures = { [at]: [{ instance: "a" }] };
    const [first, second] = await Promise.all([mockFor({ fixtures }), mockFor({ fixtures })]);
    await (
      await authorized(first)
    )("DELETE", `${INSTANCES}/a`);
    expect(await (await authorized(second))("GET", `${INSTANCES}/a`)).toMatchObject({ status: 200 });
  });

  it.each<[what: string, fixtures: Fixtures, message: string]>([
    ["of no collection", { "/nowhere": [] }, "/nowhere: no collection"],
    ["of an item's path", { [`${at}/a`]: [] }, "no collection"],
    ["with dot segments in the path", { [`${at}/..`]: [] }, "dot segment"],
    ["without a key", { [at]: [{ region: "us-central" }] }, `${at}[0]: "instance" is missing`],
    ["with a duplicate", { [at]: [{ instance: "a" }, { instance: "a" }] }, `${at}[1]: "a" is already defined`],
    ["of another project", { [at]: [{ instance: "a", project: "b" }] }, "contradicts the path"],
    [
      "nested too deep",
      { [at]: [{ instance: "a", x: JSON.parse("[".repeat(5000) + "]".repeat(5000)) }] },
      "levels deep",
    ],
    // The types forbid these, but a JSON file can contain them.
    ["not an array", JSON.parse(`{"${at}":{}}`), "expected an array of resources"],
    ["not objects", JSON.parse(`{"${at}":[1]}`), `${at}[0]: expected an object`],
  ])("that do not match are rejected before the server starts: %s", async (_what, fixtures, message) => {
    const start = startMock({ models: [sqladmin], fixtures });
    await expect(start).rejects.toThrow(FixtureError);
    await expect(start).rejects.toThrow(message);
  });
});
