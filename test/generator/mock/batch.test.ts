/** Raw batch requests to the mock, as other clients send them. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { batchPaths } from "../../../generator/src/mock/batch.js";
import { type Mock, startMock } from "../../../generator/src/mock/index.js";
import { exampleFor, INSTANCES, sqladmin, tokenFor } from "./support.js";

let authorization: string;
let mock: Mock;
beforeAll(async () => {
  mock = await startMock({ models: [sqladmin], fixtures: exampleFor(["example-123"]) });
  authorization = `Bearer ${await tokenFor(mock)}`;
});
afterAll(() => mock.close());

const type = "multipart/mixed; boundary=b";
const post = (body: string, headers: Record<string, string> = {}, path = "batch") =>
  fetch(mock.url + path, { method: "POST", headers: { "content-type": type, ...headers }, body });

const part = (contentId: string, ...lines: readonly string[]): string =>
  ["--b", "Content-Type: application/http", `Content-ID: ${contentId}`, "", ...lines, "", ""].join("\r\n");

/** Returns names and status lines of the parts of a response, in order. */
async function partsOf(response: Response): Promise<string[]> {
  const boundary = /boundary=(.+)$/.exec(response.headers.get("content-type") ?? "")?.[1] ?? "none";
  const parts = (await response.text()).split(`--${boundary}`).slice(1, -1);
  return parts.map((part) => `${/Content-ID: (.+)\r/.exec(part)?.[1] ?? "-"} ${/^HTTP\/1.1 (\d+)/m.exec(part)?.[1]}`);
}

describe("a batch", () => {
  const get = (instance: string) => `GET /${INSTANCES}/${instance} HTTP/1.1`;

  it("returns one response per part, the same as for a separate request", async () => {
    const body = [
      part("<a + 1>", get("orders"), `Authorization: ${authorization}`),
      part("<a + 2>", get("nothing"), `authorization: ${authorization}`),
      part("<a + 3>", get("orders"), "authorization: Bearer unknown"),
      part("<a + 4>", "GET /batch HTTP/1.1"),
      part(
        "<a + 5>",
        `PATCH /${INSTANCES}/orders HTTP/1.1`,
        `authorization: ${authorization}`,
        "content-type: application/json",
        "",
        '{ "settings": { "tier": "D2" } }',
      ),
      "--b--",
    ].join("");
    const response = await post(body);
    expect(response.status).toBe(200);
    expect(await partsOf(response)).toEqual([
      "<response-a + 1> 200",
      "<response-a + 2> 404",
      "<response-a + 3> 401",
      "<response-a + 4> 404",
      "<response-a + 5> 200",
    ]);
  });

  it("accepts shared headers in the outer request, and LF line ends", async () => {
    const body = `before\n${part("<1>", get("orders"))}${part("<2>", get("staging"))}--b--\nafter`.replaceAll(
      "\r\n",
      "\n",
    );
    const response = await post(body, { authorization, "content-type": 'multipart/mixed; boundary="b"' });
    expect(await partsOf(response)).toEqual(["<response-1> 200", "<response-2> 200"]);
  });

  it.each([
    ["is not multipart", "{}", { "content-type": "application/json" }],
    ["has no boundary", "--b--", { "content-type": "multipart/mixed" }],
    ["has no parts", "--b--", {}],
    ["is not closed", part("<1>", "GET / HTTP/1.1"), {}],
    ["has a part without a request", `${part("<1>", "hello")}--b--`, {}],
    ["has a part with an absolute URL", `${part("<1>", "GET https://example.com/ HTTP/1.1")}--b--`, {}],
    ["has more than 1,000 parts", `${part("<1>", "GET / HTTP/1.1").repeat(1001)}--b--`, {}],
  ])("that %s gets 400", async (_name, body, headers) => {
    const response = await post(body, headers);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: { code: 400, message: expect.stringContaining("Failed to parse the batch request") },
    });
  });

  it("is also accepted at the document's batch path", () => {
    expect([...batchPaths([sqladmin, { ...sqladmin, batchPath: "batch/sql/v1" }])]).toEqual([
      "/batch",
      "/batch/sql/v1",
    ]);
  });

  it("is not accepted with other HTTP methods or at other paths", async () => {
    expect((await fetch(`${mock.url}batch`)).status).toBe(404);
    expect((await post("--b--", {}, "batch/elsewhere")).status).toBe(404);
  });
});
