/** What a mock begins with. */
import { describe, expect, it } from "vitest";
import { exampleFixtures, FixtureError, type Fixtures, startMock } from "../../../generator/src/mock/index.js";
import { INSTANCES, library, mockFor, object, signedIn, sqladmin } from "./support.js";

const at = `/${INSTANCES}`;

describe("fixtures", () => {
  it("are there for the APIs that Discogen has examples for, and no others", () => {
    expect(Object.keys(exampleFixtures([library]))).toEqual([]);
    expect(exampleFixtures([library, sqladmin])[at]).toHaveLength(5);
  });

  it("get what their path says, and can be read, changed and listed", async () => {
    const call = await signedIn(await mockFor({ fixtures: { [at]: [{ instance: "a" }, { instance: "b c" }] } }));
    expect(await call("GET", `${INSTANCES}/b%20c`)).toMatchObject({
      body: { kind: "sql#instance", instance: "b c", project: "example-123" },
    });
    expect(await call("PATCH", `${INSTANCES}/a`, { settings: { tier: "D1" } })).toMatchObject({ status: 200 });
    expect(object((await call("GET", INSTANCES)).body)["items"]).toHaveLength(2);
  });

  it("make known what nothing else fills", async () => {
    const fixtures = { "/library/v1/reviews": [{ text: "good" }, { text: "bad" }] };
    const call = await signedIn(await mockFor({ fixtures }));
    expect(await call("GET", "library/v1/reviews")).toMatchObject({
      body: { data: { items: [{ text: "good" }, { text: "bad" }] } },
    });
  });

  it("of two mocks do not mix", async () => {
    const fixtures: Fixtures = { [at]: [{ instance: "a" }] };
    const [first, second] = await Promise.all([mockFor({ fixtures }), mockFor({ fixtures })]);
    await (
      await signedIn(first)
    )("DELETE", `${INSTANCES}/a`);
    expect(await (await signedIn(second))("GET", `${INSTANCES}/a`)).toMatchObject({ status: 200 });
  });

  it.each<[what: string, fixtures: Fixtures, message: string]>([
    ["of no collection", { "/nowhere": [] }, "/nowhere: no collection"],
    ["of an item's path", { [`${at}/a`]: [] }, "no collection"],
    ["with a path that climbs", { [`${at}/..`]: [] }, "dot segment"],
    ["without a key", { [at]: [{ region: "us-central" }] }, `${at}[0]: it lacks "instance"`],
    ["twice the same", { [at]: [{ instance: "a" }, { instance: "a" }] }, `${at}[1]: there is another "a"`],
    ["of another project", { [at]: [{ instance: "a", project: "b" }] }, "does not agree with the path"],
    [
      "nested too deep",
      { [at]: [{ instance: "a", x: JSON.parse("[".repeat(5000) + "]".repeat(5000)) }] },
      "nested deeper",
    ],
    // As a JSON file may hold them: what the types forbid.
    ["no list", JSON.parse(`{"${at}":{}}`), "a list of resources is expected"],
    ["no objects", JSON.parse(`{"${at}":[1]}`), `${at}[0]: an object is expected`],
  ])("that do not fit are refused before anything listens: %s", async (_what, fixtures, message) => {
    const start = startMock({ models: [sqladmin], fixtures });
    await expect(start).rejects.toThrow(FixtureError);
    await expect(start).rejects.toThrow(message);
  });
});
