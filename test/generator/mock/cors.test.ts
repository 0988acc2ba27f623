/** CORS in the mock over real sockets: what a page of an allowed origin may send and read. */
import { request as httpRequest } from "node:http";
import { text } from "node:stream/consumers";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkedOrigin } from "../../../generator/src/mock/cors.js";
import { type Mock, mockAnswer, startMock } from "../../../generator/src/mock/index.js";
import { ROOT } from "../../support/folders.js";
import { INSTANCES, library, mockFor, modelOf, sqladmin, tokenFor } from "./support.js";

const PAGE = "http://localhost:5173";
const OTHER = "http://localhost:9999";
const storageFile = join(ROOT, "test/fixtures/media/storage.v1.json");
const storage = modelOf(readFileSync(storageFile, "utf8"), storageFile);

interface Sent {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

interface Received {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** Sends with node:http: `fetch` does not let a program set `Origin` or send a preflight. */
function send(mock: Mock, path: string, { method = "GET", headers = {}, body }: Sent = {}): Promise<Received> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(new URL(path, mock.url), { method, headers }, (response) => {
      text(response).then((received) => {
        resolve({ status: response.statusCode, headers: response.headers, body: received });
      }, reject);
    });
    request.on("error", reject).end(body);
  });
}

/** Returns the names of the CORS headers. */
function corsNames({ headers }: Received): readonly string[] {
  return Object.keys(headers).filter((name) => name.startsWith("access-control-"));
}

let mock: Mock;
let token: string;
beforeAll(async () => {
  mock = await startMock({
    models: [sqladmin, library, storage],
    documents: [{ name: "sqladmin", version: "v1beta3" }],
    cors: [PAGE, "https://app.example.com"],
    contents: { "/storage/v1/b/shop/o/a": { data: "0123456789", type: "text/plain" } },
    handlers: { "sql.tiers.list": () => mockAnswer({ status: 429, body: {}, headers: { Vary: "Accept-Language" } }) },
  });
  const scope = [sqladmin, library, storage].flatMap(({ scopes }) => scopes.map((one) => one.scope)).join(" ");
  token = await tokenFor(mock, { scope });
});
afterAll(() => mock.close());

const JSON_TYPE = { "content-type": "application/json" };
const BATCH = { "content-type": "multipart/mixed; boundary=x" };
const batchBody = `--x\r\nContent-Type: application/http\r\n\r\nGET /${INSTANCES} HTTP/1.1\r\n\r\n\r\n--x--\r\n`;

/** Headers that the runtime reads, and headers that Google's upload servers send. */
const NEEDED =
  "content-encoding content-length content-range content-type date etag location range retry-after x-goog-generation " +
  "x-goog-hash x-goog-request-id x-goog-stored-content-encoding x-goog-upload-size-received x-goog-upload-status " +
  "x-goog-upload-url x-guploader-uploadid x-http-status-code-override x-request-id";

describe("a request of an allowed origin", () => {
  it.each<[what: string, status: number, path: string, sent: Sent]>([
    ["a call", 200, INSTANCES, {}],
    ["HEAD", 200, INSTANCES, { method: "HEAD" }],
    ["a partial download", 206, "storage/v1/b/shop/o/a?alt=media", { headers: { range: "bytes=2-4" } }],
    ["a range beyond the end", 416, "storage/v1/b/shop/o/a?alt=media", { headers: { range: "bytes=99-" } }],
    ["an upload", 404, "upload/storage/v1/b/none/o?uploadType=media&name=a", { method: "POST", body: "a" }],
    ["an unknown session", 404, "upload/storage/v1/b/shop/o?upload_id=none", { method: "PUT" }],
    ["a batch", 200, "batch", { method: "POST", headers: BATCH, body: batchBody }],
    ["no token", 401, INSTANCES, { headers: { authorization: "" } }],
    ["an unknown path", 404, "nowhere", {}],
    ["a body that is not JSON", 400, INSTANCES, { method: "POST", headers: JSON_TYPE, body: "{" }],
    ["a rejected token request", 400, "token", { method: "POST", body: "a=b" }],
    ["a token request with GET", 404, "token", {}],
    ["a public key", 200, "oauth2/v3/certs", {}],
    ["the directory", 200, "discovery/v1/apis", {}],
    ["a document", 200, "$discovery/rest?version=v1beta3", {}],
    ["an unknown document", 404, "discovery/v1/apis/drive/v3/rest", {}],
    ["OPTIONS that is not a preflight", 404, INSTANCES, { method: "OPTIONS" }],
  ])("gets the headers that let the page read the response: %s", async (_what, status, path, sent) => {
    const headers = { origin: PAGE, authorization: `Bearer ${token}`, ...sent.headers };
    const received = await send(mock, path, { ...sent, headers });
    expect(received).toMatchObject({
      status,
      headers: { vary: "Origin", "access-control-allow-origin": PAGE },
    });
    expect(corsNames(received)).toEqual(["access-control-allow-origin", "access-control-expose-headers"]);
  });

  it("can read every header that clients need", async () => {
    const { headers } = await send(mock, INSTANCES, { headers: { origin: PAGE } });
    const exposed = String(headers["access-control-expose-headers"]).split(", ");
    expect(NEEDED.split(" ").filter((name) => !exposed.includes(name))).toEqual([]);
  });

  it("gets the headers with the error of a fault, and with an interrupted body", async () => {
    const contents = { "/storage/v1/b/shop/o/a": { data: "0123456789" } };
    const faults = [
      { on: "call", status: 503 },
      { on: "download", cutAfter: 4 },
    ] as const;
    const own = await mockFor({ models: [sqladmin, storage], cors: PAGE, contents, faults });
    const failed = await send(own, INSTANCES, { headers: { origin: PAGE } });
    expect(failed).toMatchObject({ status: 503, headers: { "access-control-allow-origin": PAGE } });

    const scope = storage.scopes.map((one) => one.scope).join(" ");
    const headers = { origin: PAGE, authorization: `Bearer ${await tokenFor(own, { scope })}` };
    const status = await new Promise((resolve, reject) => {
      const address = new URL("storage/v1/b/shop/o/a?alt=media", own.url);
      httpRequest(address, { headers }, (response) => {
        response.on("error", () => {}).resume();
        resolve([response.statusCode, response.headers["access-control-allow-origin"]]);
      })
        .on("error", reject)
        .end();
    });
    expect(status).toEqual([200, PAGE]);
  });

  it("keeps the Vary of a handler", async () => {
    const path = "sql/v1beta3/projects/example-123/tiers";
    const received = await send(mock, path, { headers: { origin: PAGE, authorization: `Bearer ${token}` } });
    expect(received).toMatchObject({ status: 429, headers: { vary: "Origin, Accept-Language" } });
  });

  it.each([
    ["the second of two", "https://app.example.com", "https://app.example.com"],
    ["another", OTHER, undefined],
    ["one that begins like an allowed one", `${PAGE}0`, undefined],
    ["a page of a file", "null", undefined],
    ["none", undefined, undefined],
  ])("allows an origin only if it is equal: %s", async (_what, origin, want) => {
    const received = await send(mock, INSTANCES, origin === undefined ? {} : { headers: { origin } });
    expect(received.headers["access-control-allow-origin"]).toBe(want);
    expect(corsNames(received)).toHaveLength(want === undefined ? 0 : 2);
    expect(received.headers["vary"]).toBe("Origin");
  });
});

describe("a preflight", () => {
  const requested = { "access-control-request-method": "PUT", "access-control-request-headers": "authorization,x-a" };
  const allows = {
    "access-control-allow-headers": "authorization,x-a",
    "access-control-allow-methods": "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS",
    "access-control-allow-origin": PAGE,
    "access-control-max-age": "600",
    vary: "Origin",
  };

  it.each(["token", "batch", INSTANCES, "upload/storage/v1/b/shop/o?uploadType=resumable", "nowhere"])(
    "of an allowed origin gets 204, without a token: %s",
    async (path) => {
      const received = await send(mock, path, { method: "OPTIONS", headers: { origin: PAGE, ...requested } });
      expect(received).toMatchObject({ status: 204, headers: allows, body: "" });
      expect(received.headers).not.toHaveProperty("access-control-allow-private-network");
    },
  );

  it("for a private network gets the permission", async () => {
    const headers = { origin: PAGE, ...requested, "access-control-request-private-network": "true" };
    const received = await send(mock, INSTANCES, { method: "OPTIONS", headers });
    expect(received).toMatchObject({ status: 204, headers: { "access-control-allow-private-network": "true" } });
  });

  it("of another origin gets 403 that names the option, and no permission", async () => {
    const received = await send(mock, INSTANCES, { method: "OPTIONS", headers: { origin: OTHER, ...requested } });
    expect(received).toMatchObject({ status: 403, headers: { vary: "Origin" } });
    expect(received.body).toContain(`Start it with --cors ${OTHER}.`);
    expect(corsNames(received)).toEqual([]);
  });

  it("does not consume a fault and is not logged", async () => {
    const faults = [{ on: "call", status: 503 }] as const;
    const own = await mockFor({ cors: PAGE, faults });
    for (const origin of [PAGE, OTHER])
      await send(own, INSTANCES, { method: "OPTIONS", headers: { origin, ...requested } });
    expect(own.faults).toEqual(faults);
    expect(own.requests).toEqual([]);
  });
});

it("allows every origin with *", async () => {
  const own = await mockFor({ cors: "*" });
  for (const origin of [PAGE, OTHER, "null"]) {
    const { headers } = await send(own, INSTANCES, { headers: { origin } });
    expect(headers["access-control-allow-origin"]).toBe("*");
  }
});

it.each([
  ["without the option", {}],
  ["with an empty list", { cors: [] }],
])("sends no CORS header and handles OPTIONS like any other method, %s", async (_what, options) => {
  const own = await mockFor(options);
  const headers = { origin: PAGE, "access-control-request-method": "GET" };
  const received = await send(own, INSTANCES, { method: "OPTIONS", headers });
  expect(received.status).toBe(404);
  expect(corsNames(received)).toEqual([]);
  expect(received.headers).not.toHaveProperty("vary");
  expect(own.requests).toHaveLength(1);
});

describe("an origin", () => {
  it.each(["*", PAGE, "https://app.example.com", "http://[::1]:3000", "capacitor://localhost"])(
    "is accepted unchanged: %s",
    (origin) => {
      expect(checkedOrigin(origin)).toBe(origin);
    },
  );

  it.each([
    ["localhost:5173", "pass http://localhost:5173"],
    ["http://localhost:5173/", "pass http://localhost:5173"],
    ["http://localhost:5173/app?a=b", "pass http://localhost:5173"],
    ["http://LOCALHOST:80", "pass http://localhost"],
    ["https://user:secret@example.com", "pass https://example.com"],
    ["null", "pass a scheme, host and port, such as http://localhost:5173, or * for every origin"],
    ["", "pass a scheme, host and port, such as http://localhost:5173, or * for every origin"],
    ["http://", "pass a scheme, host and port, such as http://localhost:5173, or * for every origin"],
    ["a b", "pass a scheme, host and port, such as http://localhost:5173, or * for every origin"],
  ])("is rejected with the value to pass instead: %s", (text, want) => {
    const message = refusalOf(text);
    expect(message.endsWith(want)).toBe(true);
    expect(message).not.toContain("secret");
  });

  it("that is not valid makes the start fail", async () => {
    await expect(startMock({ models: [sqladmin], cors: "localhost:5173" })).rejects.toThrow(RangeError);
  });
});

function refusalOf(text: string): string {
  try {
    return `${checkedOrigin(text)} was taken`;
  } catch (error) {
    return error instanceof RangeError ? error.message : String(error);
  }
}
