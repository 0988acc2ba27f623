/** Clients built at run time have the same members as generated clients, and send the same calls. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SQLAdminClient } from "@discogen/generated/sqladmin/v1beta3";
import { build, type DynamicClient, InputError } from "@discogen/generator";
import { InvalidRequestError, MediaResponse, sendBatch, withOptions } from "@discogen/runtime";
import { AnonymousCredentials, ServiceAccountCredentials } from "@discogen/runtime/auth";
import { describe, expect, it } from "vitest";
import { exampleFixtures, type Mock } from "../../generator/src/mock/index.js";
import { ROOT, temporaryFolder } from "../support/folders.js";
import { mockFor, modelOf, sqladmin } from "./mock/support.js";

const project = "example-123";

async function start(): Promise<{ readonly mock: Mock; readonly client: DynamicClient }> {
  const mock = await mockFor({ fixtures: exampleFixtures([sqladmin]) });
  const auth = ServiceAccountCredentials.fromJSON(mock.key);
  return { mock, client: await build("sqladmin:v1beta3", { auth, rootUrl: mock.url }) };
}

async function collected(items: AsyncIterable<unknown> | undefined): Promise<readonly unknown[]> {
  const list: unknown[] = [];
  for await (const item of items ?? []) list.push(item);
  return list;
}

describe("build()", () => {
  it("has the members of the generated client", async () => {
    const { client } = await start();
    const generated = new SQLAdminClient({ auth: new AnonymousCredentials() });
    expect(Object.keys(client)).toEqual(Object.keys(generated));
    for (const [name, resource] of Object.entries(generated)) {
      const methods = Object.getOwnPropertyNames(Object.getPrototypeOf(resource)).filter(
        (own) => own !== "constructor",
      );
      expect(Object.getOwnPropertyNames(client[name])).toEqual(methods);
    }
  });

  it("calls methods, iterates over pages, and waits for operations", async () => {
    const { client, mock } = await start();
    const { instances } = client;
    expect(await instances?.["get"]?.({ project, instance: "catalogue" })).toMatchObject({ instance: "catalogue" });
    expect(await collected(instances?.["list"]?.({ project }))).toHaveLength(5);
    expect(await collected(instances?.["list"]?.({ project }).pages())).toHaveLength(3);
    const page = await instances?.["list"]?.({ project }).withResponse();
    expect(page?.response.status).toBe(200);
    const requestBody = { instance: "built", project };
    expect(await instances?.["insert"]?.({ project, requestBody }).wait()).toMatchObject({ state: "DONE" });
    expect(mock.requests.at(-1)?.path).toContain("/operations/");
  });

  it("checks parameters before it sends a request", async () => {
    const { client, mock } = await start();
    await expect(client["instances"]?.["get"]?.({ project: "../x" })).rejects.toThrow(InvalidRequestError);
    expect(mock.requests).toEqual([]);
  });

  it("supports clones and batches, by its methods and by functions of the runtime", async () => {
    const { client, mock } = await start();
    const batch = client.batch();
    const calls = ["catalogue", "nope"].map((instance) => batch["instances"]?.["get"]?.({ project, instance }));
    const outcomes = await batch.send();
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
    expect(await Promise.allSettled(calls)).toEqual(outcomes);
    expect(await sendBatch(batch)).toEqual([]);
    const requests = mock.requests.length;
    for (const clone of [client.withOptions({ timeout: 5000 }), withOptions(client, { timeout: 5000 })])
      expect(await clone["tiers"]?.["list"]?.({ project })).toMatchObject({ kind: "sql#tiersList" });
    expect(mock.requests).toHaveLength(requests + 2);
  });

  it("uploads and downloads", async () => {
    const file = join(ROOT, "test/fixtures/media/storage.v1.json");
    const mock = await mockFor({ models: [modelOf(await readFile(file, "utf8"), file)] });
    const auth = ServiceAccountCredentials.fromJSON(mock.key);
    const storage = await build(file, { auth, rootUrl: mock.url });
    await storage["buckets"]?.["insert"]?.({ project, requestBody: { name: "shop" } });
    await storage["objects"]?.["insert"]?.({ bucket: "shop", name: "a", media: { body: "apples" } });
    const media = await storage["objects"]?.["getMedia"]?.({ bucket: "shop", object: "a" }, { range: { start: 2 } });
    expect(media).toBeInstanceOf(MediaResponse);
    expect(media instanceof MediaResponse && (await media.text())).toBe("ples");
  });

  it.each([
    ["a missing document", "nowhere.json", {}, InputError],
    ["an invalid option", "sqladmin:v1beta3", { timeout: -1 }, InvalidRequestError],
  ])("rejects %s", async (_, api, options, error) => {
    await expect(build(api, options)).rejects.toThrow(error);
  });

  it("prefers members of the document to its own members", async () => {
    const method = { id: "odd.batch", path: "batch", httpMethod: "GET" };
    const file = join(await temporaryFolder(), "odd.json");
    const facts = {
      kind: "discovery#restDescription",
      name: "odd",
      version: "v1",
      rootUrl: "https://odd.example.com/",
    };
    await writeFile(file, JSON.stringify({ ...facts, methods: { batch: method } }));
    const odd = await build(file, { auth: new AnonymousCredentials() });
    expect(Object.getOwnPropertyNames(odd)).toContain("batch");
  });
});

it("reads streams, which the mock sends as arrays", async () => {
  const file = join(ROOT, "test/fixtures/shelves.v1.json");
  const fixtures = { "/v1/rooms/1/shelves": [{ name: "rooms/1/shelves/1" }] };
  const mock = await mockFor({ models: [modelOf(await readFile(file, "utf8"), file)], fixtures });
  const client = await build(file, { auth: new AnonymousCredentials(), rootUrl: mock.url });
  const find = (fields?: string) => client["rooms"]?.["shelves"]?.["streamQuery"]?.({ parent: "rooms/1", fields });
  expect(await find()).toEqual([expect.objectContaining({ name: expect.any(String) })]);
  expect(await collected(find("name"))).toEqual([{ name: expect.any(String) }]);
});
