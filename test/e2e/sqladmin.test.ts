/** The built packages: a generated client against the mock, over real sockets. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SQLAdminClient } from "@discogen/generated/sqladmin/v1beta3";
import { loadModel } from "@discogen/generator";
import { exampleFixtures, type Mock, startMock } from "@discogen/generator/mock";
import { AbortError, ApiError, AuthError, InvalidRequestError } from "@discogen/runtime";
import { AccessTokenCredentials, ServiceAccountCredentials } from "@discogen/runtime/auth";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder } from "../support/folders.js";

const project = "example-123";
let mock: Mock;
let sqladmin: SQLAdminClient;

beforeAll(async () => {
  const { model } = await loadModel("sqladmin:v1beta3");
  mock = await startMock({ models: [model], fixtures: exampleFixtures([model]) });
  sqladmin = new SQLAdminClient({ auth: ServiceAccountCredentials.fromJSON(mock.key), rootUrl: mock.url });
});

afterAll(() => mock.close());

/** Returns the requests that `run` sends. */
async function requestsOf(run: () => Promise<unknown>): Promise<readonly string[]> {
  const before = mock.requests.length;
  await run();
  return mock.requests.slice(before).map(({ method, path, status }) => `${method} ${path} ${status}`);
}

describe("pages", () => {
  it("await returns the first page, for await yields the items of all pages", async () => {
    const list = sqladmin.instances.list({ project });
    const first = await list;
    const names: (string | undefined)[] = [];
    for await (const { instance } of list) names.push(instance);
    expect(first.items).toHaveLength(2);
    expect(names).toEqual(["catalogue", "orders", "reports", "sessions", "staging"]);
  });

  it("an early break sends no further requests", async () => {
    const requests = await requestsOf(async () => {
      for await (const _ of sqladmin.instances.list({ project })) break;
    });
    expect(requests).toEqual(["GET /sql/v1beta3/projects/example-123/instances 200"]);
  });

  it("can be iterated as pages, from any page token", async () => {
    const sizes: (number | undefined)[] = [];
    const { nextPageToken } = await sqladmin.instances.list({ project, maxResults: 1 });
    for await (const { items } of sqladmin.instances
      .list({ project, maxResults: 3, pageToken: nextPageToken })
      .pages()) {
      sizes.push(items?.length);
    }
    expect(sizes).toEqual([3, 1]);
  });
});

describe("the life cycle of a resource", () => {
  it("insert, get, update, patch, delete, and wait for each operation", async () => {
    const instance = "created-here";
    const seen: (string | undefined)[] = [];
    const inserting = sqladmin.instances.insert({
      project,
      requestBody: { instance, project, region: "us-central", settings: { tier: "D1" } },
    });
    expect((await inserting).operation).toEqual(expect.any(String));
    const inserted = await inserting.wait({ onProgress: ({ state }) => seen.push(state) });
    expect(inserted).toMatchObject({ state: "DONE", instance });
    expect(seen).toEqual(["PENDING", "RUNNING", "DONE"]);

    const read = await sqladmin.instances.get({ project, instance });
    await sqladmin.instances
      .update({
        project,
        instance,
        requestBody: { ...read, settings: { ...read.settings, databaseReplicationEnabled: true } },
      })
      .wait();
    await sqladmin.instances
      .patch({ project, instance, requestBody: { settings: { tier: "D2", databaseReplicationEnabled: null } } })
      .wait();
    const changed = await sqladmin.instances.get({ project, instance });
    expect(changed).toMatchObject({ settings: { tier: "D2" } });
    expect(changed).not.toHaveProperty("settings.databaseReplicationEnabled");

    await sqladmin.instances.delete({ project, instance }).wait();
    await expect(sqladmin.instances.get({ project, instance })).rejects.toMatchObject({ status: 404 });
  });

  it("a wait can be aborted and can time out", async () => {
    const signal = AbortSignal.timeout(100);
    const restarting = sqladmin.instances.restart({ project, instance: "orders" });
    await expect(restarting.wait({ signal })).rejects.toBeInstanceOf(AbortError);
    await expect(restarting.wait({ timeout: 1 })).rejects.toMatchObject({ code: "TOTAL_TIMEOUT" });
  });
});

describe("authentication", () => {
  it("1,000 concurrent first calls send one token request", async () => {
    const client = new SQLAdminClient({ auth: ServiceAccountCredentials.fromJSON(mock.key), rootUrl: mock.url });
    const before = mock.requests.length;
    await Promise.all(Array.from({ length: 1000 }, () => client.flags.list().catch(() => undefined)));
    expect(mock.requests.slice(before).filter(({ path }) => path === "/token")).toHaveLength(1);
  });

  it("an invalidated token is replaced once", async () => {
    await sqladmin.tiers.list({ project });
    mock.revokeTokens();
    const requests = await requestsOf(() => sqladmin.tiers.list({ project }));
    expect(requests).toEqual([
      "GET /sql/v1beta3/projects/example-123/tiers 401",
      "POST /token 200",
      "GET /sql/v1beta3/projects/example-123/tiers 200",
    ]);
  });

  it("works with a key file, also for a user of the domain", async () => {
    const file = join(await temporaryFolder(), "key.json");
    await writeFile(file, JSON.stringify(mock.key), { mode: 0o600 });
    const auth = (await ServiceAccountCredentials.fromFile(file)).withSubject("user@example.com");
    const client = new SQLAdminClient({ auth, rootUrl: mock.url });
    expect((await client.tiers.list({ project })).items).not.toHaveLength(0);
  });

  it.each([
    ["no credentials", {}, AuthError],
    ["an unknown token", { auth: new AccessTokenCredentials("made-up-token") }, ApiError],
  ])("%s is rejected, and the error shows no secret", async (_, options, kind) => {
    const client = new SQLAdminClient({ ...options, rootUrl: mock.url });
    const error: unknown = await client.tiers.list({ project }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(kind);
    expect(String(error) + JSON.stringify(error)).not.toContain("made-up-token");
  });
});

describe("invalid parameters are rejected before anything is sent", () => {
  it("all are reported, by name", async () => {
    // A program without type checks can do this.
    const params = { project: "..", instance: "", pageToken: null } as unknown as { project: string; instance: string };
    const requests = await requestsOf(async () => {
      const error: unknown = await sqladmin.instances.get(params).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(InvalidRequestError);
      expect(error).toMatchObject({
        faults: [{ parameter: "project" }, { parameter: "instance" }, { parameter: "pageToken" }],
      });
    });
    expect(requests).toEqual([]);
  });
});

describe("responses", () => {
  it("have status and headers", async () => {
    const { data, response } = await sqladmin.instances.get({ project, instance: "orders" }).withResponse();
    expect([data.instance, response.status, response.headers.get("content-type")]).toEqual([
      "orders",
      200,
      expect.stringContaining("application/json"),
    ]);
  });

  it("options of a clone do not change the original", async () => {
    const elsewhere = sqladmin.withOptions({ rootUrl: "http://127.0.0.1:1/", retry: false });
    await expect(elsewhere.tiers.list({ project })).rejects.toMatchObject({ code: "CONNECTION_FAILED" });
    expect((await sqladmin.tiers.list({ project })).items).toBeDefined();
  });
});

describe("a batch", () => {
  it("resolves each of its calls, with a new token after the old one was rejected", async () => {
    await sqladmin.tiers.list({ project });
    mock.revokeTokens();
    const batch = sqladmin.batch();
    const list = batch.instances.list({ project, maxResults: 2 });
    const orders = batch.instances.get({ project, instance: "orders" });
    const nothing = batch.instances.get({ project, instance: "nothing" });
    const restart = batch.instances.restart({ project, instance: "orders" });
    const requests = await requestsOf(async () => {
      const outcomes = await batch.send();
      expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "rejected", "fulfilled"]);
    });
    expect(requests).toEqual(["POST /batch 200", "POST /token 200", "POST /batch 200"]);
    expect((await orders).instance).toBe("orders");
    await expect(nothing).rejects.toMatchObject({ status: 404, reason: "notFound" });
    expect(await restart.wait()).toMatchObject({ state: "DONE" });
    const names: (string | undefined)[] = [];
    for await (const { instance } of list) names.push(instance);
    expect(names).toContain("staging");
  });
});
