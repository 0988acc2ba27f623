/** The mock transport, with the generated client of sqladmin v1beta3. */
import { SQLAdminClient } from "@discogen/generated/sqladmin/v1beta3";
import { ApiError, type ClientOptions } from "@discogen/runtime";
import { AnonymousCredentials } from "@discogen/runtime/auth";
import { createMockTransport, type MockHandlers, mockResponse, type MockTransport } from "@discogen/runtime/testing";
import { describe, expect, it } from "vitest";

type Handlers = MockHandlers<SQLAdminClient>;

/** A client with a mock transport and these handlers. */
function mocked(handlers: Handlers, options: ClientOptions = {}): { client: SQLAdminClient; transport: MockTransport } {
  const transport = createMockTransport(SQLAdminClient, handlers);
  return { client: new SQLAdminClient({ auth: new AnonymousCredentials(), transport, ...options }), transport };
}

const project = "example-123";

describe("a mock transport", () => {
  it("responds by method id, and records its requests", async () => {
    const { client, transport } = mocked({
      "sql.instances.list": ({ query }) => ({ items: [{ instance: `max-${String(query["maxResults"])}` }] }),
      "sql.instances.insert": () => ({ operation: "op-1" }),
    });
    expect(await client.instances.list({ project, maxResults: 7 })).toEqual({ items: [{ instance: "max-7" }] });
    const requestBody = { instance: "new", project };
    expect(await client.instances.insert({ project, requestBody })).toEqual({ operation: "op-1" });
    expect(transport.requests).toMatchObject([
      { methodId: "sql.instances.list", httpMethod: "GET", query: { maxResults: "7" }, body: undefined },
      {
        methodId: "sql.instances.insert",
        httpMethod: "POST",
        path: "/sql/v1beta3/projects/example-123/instances",
        body: requestBody,
      },
    ]);
  });

  it("supports pages, operations and retries", async () => {
    let polls = 0;
    const { client } = mocked(
      {
        "sql.instances.list": ({ query }) =>
          query["pageToken"] === "2"
            ? { items: [{ instance: "b" }] }
            : { items: [{ instance: "a" }], nextPageToken: "2" },
        "sql.instances.restart": () => ({ operation: "op-1" }),
        "sql.operations.get": () => {
          polls++;
          return polls === 1 ? mockResponse({ status: 503 }) : { state: "DONE" };
        },
      },
      { retry: { maxDelay: 1 } },
    );
    const names: unknown[] = [];
    for await (const { instance } of client.instances.list({ project })) names.push(instance);
    expect(names).toEqual(["a", "b"]);
    expect(await client.instances.restart({ project, instance: "a" }).wait()).toEqual({ state: "DONE" });
    expect(polls).toBe(2);
  });

  it("returns errors, headers, and bodies that are not JSON", async () => {
    const error = { error: { code: 404, message: "no such instance", status: "NOT_FOUND" } };
    const { client } = mocked({
      "sql.instances.get": () => mockResponse({ status: 404, body: error, headers: { "x-request-id": "r-1" } }),
      "sql.tiers.list": () => mockResponse({ body: "<html>" }),
      "sql.flags.list": async () => mockResponse({ body: { items: [] }, headers: { etag: '"e"' } }),
    });
    await expect(client.instances.get({ project, instance: "i" })).rejects.toBeInstanceOf(ApiError);
    await expect(client.instances.get({ project, instance: "i" })).rejects.toMatchObject({
      status: 404,
      reason: "NOT_FOUND",
      requestId: "r-1",
    });
    await expect(client.tiers.list({ project })).rejects.toMatchObject({ code: "INVALID_RESPONSE" });
    const { response } = await client.flags.list().withResponse();
    expect(response.headers.get("etag")).toBe('"e"');
  });

  it("passes each call of a batch to its own handler", async () => {
    const { client, transport } = mocked({
      "sql.instances.get": ({ path }) =>
        path.endsWith("/none")
          ? mockResponse({ status: 404, body: { error: { code: 404, message: "no such instance" } } })
          : mockResponse({
              body: { instance: path.split("/").at(-1) },
              headers: { etag: '"größe"', "x-a": ["1", "2"] },
            }),
      "sql.instances.insert": ({ body }) => ({ operation: (body as { instance: string }).instance }),
      "sql.tiers.list": async () => ({ items: [{ tier: "D1\r\n--batch" }] }),
    });
    const batch = client.batch();
    const calls = ["a", "none"].map((instance) => batch.instances.get({ project, instance }));
    const inserted = batch.instances.insert({ project, requestBody: { instance: "new", project } });
    const tiers = batch.tiers.list({ project });
    const [first, second, third, fourth] = await batch.send([...calls, inserted, tiers]);
    expect(first).toEqual({ status: "fulfilled", value: { instance: "a" } });
    expect(second).toMatchObject({ status: "rejected", reason: { status: 404, serverMessage: "no such instance" } });
    expect(third).toEqual({ status: "fulfilled", value: { operation: "new" } });
    expect(fourth).toEqual({ status: "fulfilled", value: { items: [{ tier: "D1\r\n--batch" }] } });
    const ids = transport.requests.map(({ methodId }) => methodId);
    expect(ids).toEqual(["sql.instances.get", "sql.instances.get", "sql.instances.insert", "sql.tiers.list"]);
  });

  it("retries failed calls of a batch, and names a missing handler", async () => {
    let count = 0;
    const { client } = mocked(
      { "sql.tiers.list": () => (++count === 1 ? mockResponse({ status: 503 }) : { items: [] }) },
      { retry: { maxDelay: 1 } },
    );
    const batch = client.batch();
    void batch.tiers.list({ project });
    expect(await batch.send()).toEqual([{ status: "fulfilled", value: { items: [] } }]);
    void batch.flags.list();
    expect(await batch.send()).toMatchObject([
      { reason: { message: expect.stringContaining("sql.flags.list has no") } },
    ]);
  });

  it("does not share a retry budget, so tests are independent", async () => {
    for (let test = 0; test < 3; test++) {
      const { client, transport } = mocked(
        { "sql.tiers.list": () => mockResponse({ status: 503 }) },
        { retry: { maxDelay: 0, attempts: 90 } },
      );
      await expect(client.tiers.list({ project })).rejects.toMatchObject({ status: 503 });
      expect(transport.requests).toHaveLength(91);
    }
  });

  it("lists the handlers if one is missing", async () => {
    const { client, transport } = mocked({ "sql.tiers.list": () => ({}) });
    await expect(client.flags.list()).rejects.toMatchObject({
      code: "INVALID_REQUEST",
      message: "the mock transport of SQLAdminClient: sql.flags.list has no handler; handlers: sql.tiers.list",
    });
    expect(transport.requests).toHaveLength(1);
  });

  it("rejects with the error of a handler", async () => {
    const { client } = mocked(
      {
        "sql.tiers.list": () => {
          throw new RangeError("boom");
        },
      },
      { retry: false },
    );
    await expect(client.tiers.list({ project })).rejects.toMatchObject({ message: expect.stringContaining("boom") });
  });

  it("is typed by the client's methods and their responses", () => {
    // @ts-expect-error there is no such method
    const misspelled: Handlers = { "sql.instance.list": () => ({}) };
    // @ts-expect-error items is an array of instances
    const wrong: Handlers = { "sql.instances.list": () => ({ items: "none" }) };
    // @ts-expect-error a wrong enum value in the response of a method
    const value: Handlers = { "sql.backupRuns.get": () => ({ status: 7 }) };
    const right: Handlers = {
      "sql.backupRuns.get": () => ({ status: "DONE" }),
      "sql.flags.list": () => mockResponse({}),
    };
    expect(Object.keys({ ...misspelled, ...wrong, ...value, ...right })).toHaveLength(4);
  });
});
