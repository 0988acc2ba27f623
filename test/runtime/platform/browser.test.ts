/** The build for browsers and workers, without Node's globals. */
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { Crc32c } from "../../../runtime/src/media/crc32c.js";
import { ROOT } from "../../support/folders.js";
import { serveBatches } from "../batch/server.js";
import { keyFor, pkcs1, tokenServer } from "../support/keys.js";
import { json, serve, statuses } from "../support/server.js";
import { uploadServer } from "../support/upload-server.js";
import { outputOf, programOf } from "./run.js";

const dist = join(ROOT, "runtime/dist/web");

let program: Promise<string> | undefined;

/** Runs the program with this name and returns its result. */
async function run(name: string, url = "http://127.0.0.1:1/", extra = ""): Promise<unknown> {
  program ??= programOf("browser-program.ts", "web");
  return outputOf(await program, name, url, extra);
}

it("the build uses no Node API", async () => {
  const files = (await readdir(dist, { recursive: true })).filter((name) => name.endsWith(".js"));
  expect(files.length).toBeGreaterThan(10);
  const node = /["']node:|\bBuffer\b(?!\.isView)|\bprocess\.|getBuiltinModule|\brequire\(|\.unref\(|from "undici/;
  const found = files.map(async (name) => [name, node.exec(await readFile(join(dist, name), "utf8"))?.[0]]);
  expect((await Promise.all(found)).filter(([, match]) => match !== undefined)).toEqual([]);
});

it("calls are sent by fetch", async () => {
  const { seen, url } = await serve(statuses({ status: 200, body: { items: [{ name: "n" }] } }));
  expect(await run("list", url)).toEqual({ value: { items: [{ name: "n" }] } });
  expect(seen.map((one) => one.headers["x-goog-api-client"])).toEqual([expect.stringMatching(/^gdcl\//)]);
});

it("calls are retried after a broken connection", async () => {
  const { url } = await serve((_request, response, index) => {
    if (index === 0) response.destroy();
    else json(response, 200, { items: [] });
  });
  expect(await run("list, again", url)).toEqual({ value: { items: [] } });
});

describe("content", () => {
  it.each([
    ["a string", "a text"],
    ["bytes", "a text"],
    ["a blob", "a text"],
    ["a raw blob", "a text"],
    ["a web stream", "a text"],
    ["an async iterable", "a stream"],
  ])("from %s is sent as bytes", async (name, want) => {
    const { seen, url } = await serve(statuses(200));
    expect(await run(name, url)).toEqual({ value: { ok: true } });
    expect(seen.map(({ body, headers }) => [body, headers["content-length"]])).toEqual([[want, String(want.length)]]);
  });

  it("with metadata is sent as bytes", async () => {
    const { seen, url } = await serve(statuses(200));
    expect(await run("a blob with metadata", url)).toEqual({ value: { ok: true } });
    expect(seen[0]?.body).toMatch(
      /\r\n\r\n\{"name":"n"\}\r\n--[^\r]+\r\ncontent-type: text\/plain\r\n\r\na text\r\n--/,
    );
  });

  it("of a stream is collected up to a limit, which the error names", async () => {
    const { seen, url } = await serve(statuses(200));
    expect(await run("a stream of 40 MiB", url)).toMatchObject({
      code: "INVALID_REQUEST",
      message: expect.stringMatching(/body is a stream of more than 33554432 bytes \(32 MiB\).*media\.resumable: true/),
    });
    expect(seen).toEqual([]);
  });

  it("in memory has no such limit", async () => {
    const { url } = await serve(({ body }, response) => json(response, 200, { length: body.length }));
    expect(await run("a blob of 40 MiB", url)).toEqual({ value: { length: 40 * 1024 * 1024 } });
  });

  it("in chunks does not need the status 308, which browsers hide", async () => {
    const server = await uploadServer();
    expect(await run("in chunks", server.url)).toMatchObject({
      value: { name: "made" },
    });
    expect(server.steps.map(({ headers, method }) => [method, headers["x-guploader-no-308"]])).toEqual([
      ["POST", undefined],
      ["PUT", "yes"],
      ["PUT", "yes"],
    ]);
  });
});

describe("downloads", () => {
  const text = "some content";
  const md5 = createHash("md5").update(text).digest("base64");
  const crc = new Crc32c();
  crc.update(Buffer.from(text));
  const crc32c = crc.digest();

  it.each<[string, Record<string, string>, object]>([
    ["are verified by CRC-32C", { "x-goog-hash": `crc32c=${crc32c},md5=${md5}` }, { value: text }],
    ["are rejected if they are damaged", { "x-goog-hash": "crc32c=AAAAAA==" }, { code: "CONTENT_DAMAGED" }],
    ["are not verified if they have only MD5", { "x-goog-hash": "md5=AAAAAA==" }, { value: text }],
  ])("%s", async (_name, headers, want) => {
    const { url } = await serve((_request, response) => {
      response.writeHead(200, { ...headers, "access-control-expose-headers": "*" }).end(text);
    });
    expect(await run("download", url)).toMatchObject(want);
  });

  it("continue after a broken connection, for which browsers report no code", async () => {
    const { seen, url } = await serve(({ headers }, response) => {
      const fields = { etag: '"1"', "access-control-expose-headers": "*" };
      const isPart = headers.range === "bytes=5-11";
      if (isPart) response.writeHead(206, { ...fields, "content-range": "bytes 5-11/12" }).end(text.slice(5));
      else {
        response.writeHead(200, { ...fields, "content-length": String(text.length) }).write(text.slice(0, 5));
        setTimeout(() => response.destroy(), 200);
      }
    });
    expect(await run("a download in two parts", url)).toEqual({ value: text });
    expect(seen.length).toBe(2);
  });

  it("are complete if the browser has decoded them and hides the encoding", async () => {
    const long = "0123456789".repeat(1000);
    const { url } = await serve((_request, response) => {
      const bytes = gzipSync(long);
      response.writeHead(200, { "content-encoding": "gzip", "content-length": String(bytes.length) }).end(bytes);
    });
    expect(await run("download", url)).toEqual({ value: long });
  });
});

it("batches are sent", async () => {
  const server = await serveBatches(({ path }) => ({ status: 200, body: { name: path } }));
  expect(await run("batch", server.url)).toEqual({ value: [{ name: "/v1/books/1" }, { name: "/v1/books/2" }] });
});

it("a key in PKCS#1 authenticates", async () => {
  const tokens = await tokenServer();
  const { seen, url } = await serve(statuses(200));
  const key = JSON.stringify(keyFor(tokens.url, { private_key: pkcs1 }));
  expect(await run("a key", url, key)).toEqual({ value: { ok: true } });
  expect(seen[0]?.headers.authorization).toBe("Bearer token-1");
});

it.each([
  ["Mozilla/5.0", 1],
  ["Cloudflare-Workers", 2],
])("two calls on %s request %i tokens", async (userAgent, times) => {
  const tokens = await tokenServer();
  const { url } = await serve(statuses(200));
  const program = { agent: userAgent, key: JSON.stringify(keyFor(tokens.url)) };
  expect(await run("two calls on this platform", url, JSON.stringify(program))).toMatchObject({ value: [{}, {}] });
  expect(tokens.seen.length).toBe(times);
});

it("a consent is requested, exchanged and revoked", async () => {
  const server = await serve(({ url }, response) =>
    json(response, 200, url === "/token" ? { access_token: "t", refresh_token: "refresh-1" } : {}),
  );
  const { value } = (await run("a consent", server.url)) as { value: { challenge: string; scopes: string[] } };
  const [exchange, revoke] = server.seen.map(({ body }) => Object.fromEntries(new URLSearchParams(body)));
  expect(exchange).toMatchObject({ code: "code-1", redirect_uri: "https://example.com/callback" });
  const verifier = String(exchange?.["code_verifier"]);
  expect(value.challenge).toBe(createHash("sha256").update(verifier).digest("base64url"));
  expect(value.scopes).toEqual(["a"]);
  expect(revoke).toMatchObject({ token: "refresh-1", client_id: "c" });
  expect(await run("openBrowser", "https://example.com/")).toEqual({ value: false });
});

it.each([
  ["timeout", "TIMEOUT"],
  ["abort", "ABORTED"],
])("a call ends on %s", async (name, code) => {
  const { url } = await serve(() => undefined);
  expect(await run(name, url)).toMatchObject({ code });
});

describe("the error for an unsupported feature names the alternative", () => {
  it("a redirect", async () => {
    const { url } = await serve((_request, response) => void response.writeHead(302, { location: "/" }).end());
    expect(await run("list", url)).toMatchObject({
      code: "INVALID_RESPONSE",
      message: expect.stringMatching(/the server redirects, and fetch does not show the target\. Check rootUrl/),
    });
  });

  it.each<[string, string, RegExp]>([
    ["applicationDefault", "NO_CREDENTIALS", /AccessTokenCredentials\(token\).*ServiceAccountCredentials\.fromJSON/],
    [
      "a key file",
      "KEY_FILE_UNREADABLE",
      /this platform has no files\. Pass the JSON text to ServiceAccountCredentials\.fromJ/,
    ],
    ["a sign-in on this machine", "CONSENT_PORT_UNAVAILABLE", /Use authorizationUrl\(\) and exchange\(\)/],
    ["a token store", "TOKEN_STORE_UNREADABLE", /this platform has no files\. Pass an object with read\(\)/],
    ["a dispatcher", "INVALID_OPTION", /dispatcher works only on Node.*fetchTransport/],
    ["a certificate", "INVALID_OPTION", /mtls works only on Node/],
    ["undiciTransport", "INVALID_OPTION", /works only on Node.*fetchTransport/],
    ["a path", "INVALID_REQUEST", /media\.body is a path.*Pass a Blob/],
    ["a subject token in a file", "TOKEN_UNAVAILABLE", /this platform has no files/],
    ["a subject token of a program", "TOKEN_UNAVAILABLE", /cannot run programs\. Pass the option subjectToken/],
    ["a subject token in a certificate", "TOKEN_UNAVAILABLE", /certificates work only on Node/],
  ])("%s", async (name, code, message) => {
    expect(await run(name)).toMatchObject({ code, message: expect.stringMatching(message) });
  });

  it("saveTo", async () => {
    const { url } = await serve(statuses(200));
    expect(await run("saveTo", url)).toMatchObject({
      code: "INVALID_REQUEST",
      message: expect.stringMatching(/bytes\(\), text\(\) or body/),
    });
  });
});
