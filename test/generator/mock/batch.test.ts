/** Raw batch requests to the mock, as other clients send them. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { batchPaths } from "../../../generator/src/mock/batch.js";
import { type Mock, startMock } from "../../../generator/src/mock/index.js";
import { authorized, exampleFor, INSTANCES, LIBRARY, mockFor, object, sqladmin, tokenFor } from "./support.js";

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

  it("accepts absolute URLs, and Content-IDs without angle brackets", async () => {
    const body = `${part("1", `GET ${mock.url}${INSTANCES}/orders HTTP/1.1`)}--b--`;
    expect(await partsOf(await post(body, { authorization }))).toEqual(["response-1 200"]);
  });

  it("refuses uploads and downloads in parts", async () => {
    const body = [
      part("<1>", "POST /upload/drive/v3/files HTTP/1.1"),
      part("<2>", "POST /drive/v3/files?uploadType=media HTTP/1.1"),
      part("<3>", `GET /${INSTANCES}/orders?alt=media HTTP/1.1`),
      part("<4>", get("orders")),
    ].join("");
    const response = await post(`${body}--b--`, { authorization });
    expect(await partsOf(response)).toEqual([
      "<response-1> 400",
      "<response-2> 400",
      "<response-3> 400",
      "<response-4> 200",
    ]);
  });

  it.each([
    ["is not multipart", "{}", { "content-type": "application/json" }],
    ["has no boundary", "--b--", { "content-type": "multipart/mixed" }],
    ["has no parts", "--b--", {}],
    ["is not closed", part("<1>", "GET / HTTP/1.1"), {}],
    ["has a part without a request", `${part("<1>", "hello")}--b--`, {}],
    ["has more than 1,000 parts", `${part("<1>", "GET / HTTP/1.1").repeat(1001)}--b--`, {}],
  ])("that %s gets 400", async (_name, body, headers) => {
    const response = await post(body, headers);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: { code: 400, message: expect.stringContaining("Failed to parse the batch request") },
    });
  });

  it("is also accepted at the path of the API and version, and at the document's batch path", async () => {
    expect([...batchPaths([sqladmin, { ...sqladmin, batchPath: "batch/sql/v1" }])]).toEqual([
      "/batch",
      "/batch/sqladmin/v1beta3",
      "/batch/sql/v1",
    ]);
    const body = `${part("<1>", get("orders"))}--b--`;
    expect(await partsOf(await post(body, { authorization }, "batch/sqladmin/v1beta3"))).toEqual(["<response-1> 200"]);
  });

  it("returns complete HTTP responses, with a reason and headers also without content", async () => {
    const books = await mockFor();
    const call = await authorized(books);
    const made = await call("POST", "library/v1/shelves/s/books", { data: { title: "A" } });
    expect(made.status).toBe(200);
    const path = `/library/v1/shelves/s/books/${String(object(object(made.body)["data"])["id"])}`;
    const headers = { authorization: `Bearer ${await tokenFor(books, { scope: LIBRARY })}`, "content-type": type };
    const body = `${part("<u + 1>", `DELETE ${path} HTTP/1.1`)}${part("<u + 2>", `GET ${path} HTTP/1.1`)}--b--`;
    const response = await fetch(`${books.url}batch/library/v1`, { method: "POST", headers, body });
    const text = await response.text();
    expect(text).toContain("\r\n\r\nHTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n\r\n--");
    expect(text).toMatch(
      /\r\n\r\nHTTP\/1\.1 404 Not Found\r\n(?=[^{]*Content-Type: application\/json)(?=[^{]*Content-Length: \d)/,
    );
  });

  it("is not accepted with other HTTP methods or at other paths", async () => {
    expect((await fetch(`${mock.url}batch`)).status).toBe(404);
    expect((await post("--b--", {}, "batch/elsewhere")).status).toBe(404);
  });
});
