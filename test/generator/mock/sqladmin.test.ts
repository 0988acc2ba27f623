/** Cloud SQL v1beta3 in the mock: instances and their operations. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { exampleFixtures, type Json, type Mock, startMock } from "../../../generator/src/mock/index.js";
import { ADMIN, type Call, CLOUD, exampleFor, object, authorized, refused, sqladmin } from "./support.js";

const PROJECTS = Array.from({ length: 100 }, (_, index) => `project-${index}`);

let mock: Mock;
let call: Call;
beforeAll(async () => {
  mock = await startMock({ models: [sqladmin], fixtures: { ...exampleFixtures([sqladmin]), ...exampleFor(PROJECTS) } });
  call = await authorized(mock, { scope: `${ADMIN} ${CLOUD}` });
});
afterAll(() => mock.close());

/** Each test has its own project, with the five instances of the example. */
let project: string;
let instances: string;
beforeEach(() => {
  project = PROJECTS.pop() ?? "";
  instances = `sql/v1beta3/projects/${project}/instances`;
});

const nothing = () => undefined;
const orders = () => ({ instance: "orders-2", project, settings: { tier: "D1" } });

const names = (body: Json | undefined): readonly Json[] => {
  const { items } = object(body);
  return Array.isArray(items) ? items.map((item: Json) => object(item)["instance"] ?? null) : [];
};

async function operationOf(response: Promise<{ readonly body: Json | undefined }>): Promise<string> {
  return String(object((await response).body)["operation"]);
}

describe("listing", () => {
  it("returns the five instances of the example in three pages, each instance once", async () => {
    const seen: (readonly Json[])[] = [];
    let query = "";
    do {
      const { body } = await call("GET", instances + query);
      seen.push(names(body));
      query = `?pageToken=${encodeURIComponent(String(object(body)["nextPageToken"] ?? ""))}`;
    } while (query !== "?pageToken=");
    expect(seen).toEqual([["catalogue", "orders"], ["reports", "sessions"], ["staging"]]);
  });

  it.each([
    ["?maxResults=5", 5, undefined],
    ["?maxResults=4", 4, expect.any(String)],
    ["?maxResults=100000", 5, undefined],
    ["?maxResults=0", 2, expect.any(String)],
    ["?pageToken=", 2, expect.any(String)],
  ])("returns the requested number of items: %s", async (query, count, nextPageToken) => {
    const { body } = await call("GET", instances + query);
    expect({ count: names(body).length, next: object(body)["nextPageToken"] }).toEqual({ count, next: nextPageToken });
  });

  it("continues at the same place after an earlier instance was deleted", async () => {
    const { body } = await call("GET", instances);
    await call("DELETE", `${instances}/orders`);
    const next = await call("GET", `${instances}?pageToken=${String(object(body)["nextPageToken"])}`);
    expect(names(next.body)).toEqual(["reports", "sessions"]);
  });

  it("returns complete instances, with the kinds of the schema", async () => {
    const { body } = await call("GET", `${instances}?maxResults=1`);
    expect(body).toMatchObject({
      kind: "sql#instancesList",
      items: [
        {
          kind: "sql#instance",
          instance: "catalogue",
          project,
          state: "RUNNABLE",
          region: "us-central",
          databaseVersion: "MYSQL_5_6",
          settings: { kind: "sql#settings", tier: "D2", databaseFlags: [{ name: "max_allowed_packet" }] },
        },
      ],
    });
  });

  it.each([
    "maxResults=-1",
    "maxResults=two",
    "maxResults=1.5",
    "pageToken=nonsense",
    "pageToken=AAAAAAAAAAAAAAAAAAAA",
  ])("rejects %s", async (query) => {
    expect(await call("GET", `${instances}?${query}`)).toMatchObject({
      status: 400,
      body: { error: { status: "INVALID_ARGUMENT", errors: [{ reason: "invalid", location: query.split("=")[0] }] } },
    });
  });

  it("rejects the page token of another list", async () => {
    const { body } = await call("GET", instances);
    const token = String(object(body)["nextPageToken"]);
    const elsewhere = instances.replace(project, "other");
    expect(await call("GET", `${elsewhere}?pageToken=${token}`)).toMatchObject({ status: 400 });
  });

  it("omits items for a project without instances", async () => {
    expect(await call("GET", instances.replace(project, "other"))).toMatchObject({
      status: 200,
      body: { kind: "sql#instancesList" },
    });
  });

  it("returns all items of a list without paging", async () => {
    const { body } = await call("GET", "sql/v1beta3/projects/example-123/tiers");
    expect(object(body)["items"]).toHaveLength(7);
  });
});

describe("the life of an instance", () => {
  it("is inserted with server-set properties, and read", async () => {
    expect(await call("POST", instances, orders())).toMatchObject({
      status: 200,
      body: { kind: "sql#instancesInsert", operation: expect.any(String) },
    });
    expect(await call("GET", `${instances}/orders-2`)).toMatchObject({
      status: 200,
      body: {
        kind: "sql#instance",
        ...orders(),
        state: "RUNNABLE",
        region: "us-central",
        databaseVersion: "MYSQL_5_5",
        instanceType: "CLOUD_SQL_INSTANCE",
        etag: expect.stringMatching(/^".+"$/),
        settings: { kind: "sql#settings", tier: "D1", pricingPlan: "PER_USE", settingsVersion: "1" },
      },
    });
  });

  it("is replaced by update, except for immutable properties", async () => {
    const body = { instance: "orders", project, settings: { tier: "D16", settingsVersion: "7" } };
    expect(await call("PUT", `${instances}/orders`, body)).toMatchObject({
      status: 200,
      body: { kind: "sql#instancesUpdate", operation: expect.any(String) },
    });
    const { settings, ...rest } = object((await call("GET", `${instances}/orders`)).body);
    expect(rest).toMatchObject({ region: "europe-west1", databaseVersion: "MYSQL_5_6", state: "RUNNABLE" });
    expect(settings).toMatchObject({ tier: "D16", settingsVersion: "8" });
    expect(settings).not.toHaveProperty("backupConfiguration");
  });

  it("can be read, changed and sent back", async () => {
    const before = object((await call("GET", `${instances}/orders`)).body);
    const settings = { ...object(before["settings"]), tier: "D32" };
    expect(await call("PUT", `${instances}/orders`, { ...before, settings })).toMatchObject({ status: 200 });
    const after = object((await call("GET", `${instances}/orders`)).body);
    expect(after).toEqual({
      ...before,
      settings: { ...settings, settingsVersion: "8" },
      etag: expect.any(String),
    });
    expect(after["etag"]).not.toBe(before["etag"]);
  });

  it("is not updated if the request is based on old settings", async () => {
    const body = { instance: "orders", project, settings: { tier: "D16", settingsVersion: "6" } };
    expect(await call("PUT", `${instances}/orders`, body)).toMatchObject({
      status: 412,
      body: { error: { status: "FAILED_PRECONDITION" } },
    });
  });

  it("is not changed if the request has an old etag", async () => {
    const body = { settings: { tier: "D16" }, etag: '"stale"' };
    for (const verb of ["PATCH", "PUT"])
      expect(await call(verb, `${instances}/orders`, { instance: "orders", project, ...body })).toMatchObject({
        status: 412,
        body: { error: { status: "FAILED_PRECONDITION", errors: [{ reason: "conditionNotMet" }] } },
      });
  });

  it("is merged by patch, and null removes a property", async () => {
    await call("PATCH", `${instances}/orders`, { settings: { tier: "D16", backupConfiguration: null } });
    const { body } = await call("GET", `${instances}/orders`);
    expect(body).toMatchObject({ settings: { tier: "D16", ipConfiguration: { requireSsl: true } } });
    expect(object(body)["settings"]).not.toHaveProperty("backupConfiguration");
  });

  it("is not found after delete, and its name can be used again", async () => {
    expect(await call("DELETE", `${instances}/orders`)).toMatchObject({ body: { kind: "sql#instancesDelete" } });
    expect(await call("GET", `${instances}/orders`)).toMatchObject({ status: 404 });
    expect(await call("POST", instances, { ...orders(), instance: "orders" })).toMatchObject({ status: 200 });
  });

  it.each<[what: string, verb: string, path: string, body: () => Json | undefined, status: number, reason: string]>([
    ["get of a missing one", "GET", "/none", nothing, 404, "notFound"],
    ["update of a missing one", "PUT", "/none", () => ({ ...orders(), instance: "none" }), 404, "notFound"],
    ["patch of a missing one", "PATCH", "/none", () => ({}), 404, "notFound"],
    ["delete of a missing one", "DELETE", "/none", nothing, 404, "notFound"],
    ["restart of a missing one", "POST", "/none/restart", nothing, 404, "notFound"],
    ["operations of a missing one", "GET", "/none/operations", nothing, 404, "notFound"],
    ["insert of an existing one", "POST", "", () => ({ ...orders(), instance: "orders" }), 409, "duplicate"],
    ["insert without a body", "POST", "", nothing, 400, "required"],
    ["insert without a name", "POST", "", () => ({ project, settings: { tier: "D1" } }), 400, "required"],
    ["insert with an empty name", "POST", "", () => ({ ...orders(), instance: "" }), 400, "required"],
    ["insert with a number for a name", "POST", "", () => ({ ...orders(), instance: 7 }), 400, "invalid"],
    ["insert with dot segments in the name", "POST", "", () => ({ ...orders(), instance: "../x" }), 400, "invalid"],
    ["insert with an unpaired surrogate", "POST", "", () => ({ ...orders(), instance: "\ud800" }), 400, "invalid"],
    ["insert without a tier", "POST", "", () => ({ ...orders(), settings: {} }), 400, "required"],
    ["insert into another project", "POST", "", () => ({ ...orders(), project: "other" }), 400, "invalid"],
    ["update under another name", "PUT", "/orders", orders, 400, "invalid"],
    ["update without a body", "PUT", "/orders", nothing, 400, "required"],
    ["export without its context", "POST", "/orders/export", () => ({}), 400, "required"],
    ["promotion of a primary instance", "POST", "/orders/promoteReplica", nothing, 400, "invalid"],
  ])("rejects %s", async (_what, verb, path, body, status, reason) => {
    expect(await call(verb, instances + path, body())).toMatchObject({
      status,
      body: { error: { code: status, errors: [{ reason }] } },
    });
  });
});

describe("operations", () => {
  it("change from PENDING to RUNNING to DONE as they are polled, and stay DONE", async () => {
    const operation = await operationOf(call("POST", instances, orders()));
    const states: Json[] = [];
    for (let poll = 0; poll < 4; poll += 1) {
      states.push((await call("GET", `${instances}/orders-2/operations/${operation}`)).body ?? null);
    }
    const expected = { kind: "sql#instanceOperation", operation, operationType: "CREATE", instance: "orders-2" };
    expect(states).toMatchObject([
      { ...expected, state: "PENDING", enqueuedTime: expect.any(String), userEmailAddress: mock.key.client_email },
      { ...expected, state: "RUNNING", startTime: expect.any(String) },
      { ...expected, state: "DONE", endTime: expect.any(String) },
      { ...expected, state: "DONE" },
    ]);
    expect(states[0]).not.toHaveProperty("startTime");
  });

  it("advance when they are listed, and are listed in pages", async () => {
    for (let count = 0; count < 3; count += 1) await call("POST", `${instances}/orders/restart`);
    const path = `${instances}/orders/operations?maxResults=3`;
    const listed = { operationType: "RESTART", instance: "orders" };
    for (const state of ["PENDING", "RUNNING", "DONE"]) {
      expect((await call("GET", path)).body).toMatchObject({
        kind: "sql#operationsList",
        items: Array.from({ length: 3 }, () => ({ ...listed, state })),
      });
    }
    expect((await call("GET", `${instances}/orders/operations`)).body).toMatchObject({
      nextPageToken: expect.any(String),
    });
  });

  it("remain after the instance that they deleted", async () => {
    const operation = await operationOf(call("DELETE", `${instances}/orders`));
    expect((await call("GET", `${instances}/orders/operations/${operation}`)).body).toMatchObject({
      operationType: "DELETE",
    });
  });

  it.each<[verb: string, path: string, body: Json | undefined, expected: Json]>([
    ["POST", "/orders/restart", undefined, { operationType: "RESTART" }],
    [
      "POST",
      "/orders/export",
      { exportContext: { uri: "gs://b/o" } },
      { operationType: "EXPORT", exportContext: { uri: "gs://b/o" } },
    ],
    ["POST", "/orders/import", { importContext: { uri: ["gs://b/o"] } }, { operationType: "IMPORT" }],
    ["POST", "/orders/setRootPassword", { setRootPasswordContext: { password: "pw-1" } }, { operationType: "UPDATE" }],
    ["PATCH", "/orders", {}, { operationType: "UPDATE" }],
  ])("describe the change: %s %s", async (verb, path, body, expected) => {
    const operation = await operationOf(call(verb, instances + path, body));
    const response = await call("GET", `${instances}/orders/operations/${operation}`);
    expect(response.body).toMatchObject({ state: "PENDING", ...object(expected) });
    expect(JSON.stringify(response.body)).not.toContain("pw-1");
  });

  it("promote a replica to an independent instance", async () => {
    await call("POST", instances, { ...orders(), masterInstanceName: "orders" });
    expect((await call("GET", `${instances}/orders-2`)).body).toMatchObject({ instanceType: "READ_REPLICA_INSTANCE" });
    await call("POST", `${instances}/orders-2/promoteReplica`);
    const { body } = await call("GET", `${instances}/orders-2`);
    expect(body).toMatchObject({ instanceType: "CLOUD_SQL_INSTANCE" });
    expect(body).not.toHaveProperty("masterInstanceName");
  });
});

describe("a method that the mock does not model", () => {
  it.each([
    ["sql.instances.clone", "clone"],
    ["sql.instances.resetSslConfig", "orders/resetSslConfig"],
  ])("is refused if it concerns instances: %s", async (_id, path) => {
    expect(await call("POST", `${instances}/${path}`)).toMatchObject(refused);
  });

  it.each<[id: string, verb: string, path: () => string, want: object]>([
    [
      "sql.flags.list",
      "GET",
      () => "sql/v1beta3/flags",
      { kind: "sql#flagsList", items: [{ kind: "sql#flag" }, {}, {}] },
    ],
  ])("responds with a sample of its type: %s", async (_id, verb, path, want) => {
    expect(await call(verb, path())).toMatchObject({ status: 200, body: want });
  });

  it("inserts the item inside its response, which get and list show", async () => {
    const { body } = await call("POST", `${instances}/orders/sslCerts`, { commonName: "laptop" });
    expect(body).toMatchObject({
      kind: "sql#sslCertsInsert",
      clientCert: { certPrivateKey: expect.any(String), certInfo: { commonName: "laptop", instance: "orders" } },
    });
    const { certInfo = null } = object(object(body)["clientCert"]);
    const { sha1Fingerprint } = object(certInfo);
    expect(sha1Fingerprint).toMatch(/^[0-9a-f]{40}$/);
    const path = `${instances}/orders/sslCerts`;
    expect(await call("GET", `${path}/${String(sha1Fingerprint)}`)).toMatchObject({ status: 200, body: certInfo });
    expect((await call("GET", path)).body).toMatchObject({ items: [certInfo] });
  });

  it("gets 404 below a missing resource", async () => {
    expect(await call("GET", `${instances}/nowhere/sslCerts`)).toMatchObject({ status: 404 });
    expect(await call("POST", `${instances}/nowhere/resetSslConfig`)).toMatchObject({ status: 404 });
  });

  it("gets 400 without required query parameters", async () => {
    expect(await call("GET", `${instances}/orders/backupRuns`)).toMatchObject({
      status: 400,
      body: { error: { errors: [{ reason: "required", location: "backupConfiguration" }] } },
    });
  });
});
