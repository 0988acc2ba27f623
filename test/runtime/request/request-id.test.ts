/** Request ids make retries safe. */
import { describe, expect, it } from "vitest";
import { AnonymousCredentials } from "../../../runtime/src/auth.js";
import { ApiClient, type MethodDescriptor, call } from "../../../runtime/src/index.js";
import { withRequestId } from "../../../runtime/src/request/request-id.js";
import { api, failureOf } from "../support/library.js";
import { serve, statuses } from "../support/server.js";

const plain: MethodDescriptor = { id: "library.loans.start", httpMethod: "POST", path: "loans", request: "json" };
const inQuery: MethodDescriptor = { ...plain, requestId: "query" };
const inBody: MethodDescriptor = { ...plain, requestId: "body" };
const uuid = expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);

describe("a request id", () => {
  it.each<[string, MethodDescriptor, { readonly [name: string]: unknown }, unknown]>([
    ["is added to the query", inQuery, { book: "b" }, { book: "b", requestId: uuid }],
    ["is added to the body", inBody, { requestBody: { days: 3 } }, { requestBody: { days: 3, requestId: uuid } }],
    ["is added as the body if the call has no body", inBody, {}, { requestBody: { requestId: uuid } }],
    ["from the caller is kept in the query", inQuery, { requestId: "mine" }, { requestId: "mine" }],
    [
      "from the caller is kept in the body",
      inBody,
      { requestBody: { requestId: "mine" } },
      { requestBody: { requestId: "mine" } },
    ],
    ["is not added to a body that is not an object", inBody, { requestBody: "text" }, { requestBody: "text" }],
    ["is omitted from the query with undefined", inQuery, { requestId: undefined }, { requestId: undefined }],
    [
      "is omitted from the body with undefined",
      inBody,
      { requestBody: { days: 3, requestId: undefined } },
      { requestBody: { days: 3, requestId: undefined } },
    ],
    ["is not added to methods without one", plain, { book: "b" }, { book: "b" }],
  ])("%s", (_, method, params, want) => expect(withRequestId(method, params)).toEqual(want));

  it.each([
    ["in the query", inQuery, ({ url }: { url: string }) => new URL(url, "http://h").searchParams.get("requestId")],
    ["in the body", inBody, ({ body }: { body: string }) => (JSON.parse(body) as { requestId?: string }).requestId],
  ])("%s is the same for all attempts of a call, so a POST is retried", async (_, method, idIn) => {
    const { seen, url } = await serve(statuses(503, 503, 200, 200));
    const client = new ApiClient(api, { auth: new AnonymousCredentials(), rootUrl: url, retry: { maxDelay: 1 } });
    await call(client, method, { requestBody: {} }, undefined);
    await call(client, method, { requestBody: {} }, undefined);
    const ids = seen.map(idIn);
    expect(ids).toEqual([uuid, uuid, uuid, uuid]);
    expect(new Set(ids.slice(0, 3)).size).toBe(1);
    expect(ids[3]).not.toBe(ids[0]);
  });

  it("is not added to an instance of a class, because a copy would lose the class", () => {
    class Loan {
      readonly #days = 3;
      toJSON(): object {
        return { days: this.#days };
      }
    }
    const params = { requestBody: new Loan() };
    expect(withRequestId(inBody, params)).toBe(params);
  });

  it.each<[string, MethodDescriptor, object]>([
    ["the method has none", plain, { requestBody: {} }],
    ["undefined omits it from the query", inQuery, { requestId: undefined, requestBody: {} }],
    ["undefined omits it from the body", inBody, { requestBody: { requestId: undefined } }],
  ])("a POST without one is sent once: %s", async (_, method, params) => {
    const { seen, url } = await serve(statuses(503));
    const client = new ApiClient(api, { auth: new AnonymousCredentials(), rootUrl: url, retry: { maxDelay: 1 } });
    await failureOf(call(client, method, params, undefined));
    expect(seen).toHaveLength(1);
    expect(`${String(seen[0]?.url)}${String(seen[0]?.body)}`).not.toContain("requestId");
  });
});
