/** Credentials of the metadata server, and its detection. */
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { MetadataCredentials } from "../../../runtime/src/auth.js";
import { detectMetadata } from "../../../runtime/src/auth/metadata-detection.js";
import { clientOf, failureOf } from "../support/library.js";
import { json, serve, statuses } from "../support/server.js";
import { hostOf, metadataServer, paths } from "../support/authentication.js";

const flavor = { "metadata-flavor": "Google" };
const token = "instance/service-accounts/default/token";

beforeEach(() => {
  for (const name of ["GCE_METADATA_HOST", "GCE_METADATA_IP"]) vi.stubEnv(name, undefined);
});
afterEach(() => void vi.unstubAllEnvs());

describe("a token", () => {
  it("is requested once, with the scopes of the client", async () => {
    const server = await metadataServer();
    const api = await serve(statuses(200));
    const client = clientOf(api.url, { auth: new MetadataCredentials({ host: hostOf(server) }) });
    await Promise.all([client.books.list(), client.books.list(), client.withOptions({}).books.list()]);
    expect(paths(server.seen).toSorted()).toEqual([
      `${token}?scopes=https://example.com/auth/library,https://example.com/auth/library.readonly`,
      "universe/universe-domain",
    ]);
    expect(new Set(api.seen.map((one) => one.headers.authorization)).size).toBe(1);
    expect(server.seen[0]?.headers["x-goog-api-client"]).toMatch(/ cred-type\/mds$/);
  });

  it.each<[string, Record<string, string>]>([
    ["GCE_METADATA_HOST", { GCE_METADATA_HOST: "?", GCE_METADATA_IP: "127.0.0.1:1" }],
    ["GCE_METADATA_IP", { GCE_METADATA_IP: "?" }],
  ])("is requested from the host in %s", async (_name, env) => {
    const server = await metadataServer();
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value === "?" ? hostOf(server) : value);
    await new MetadataCredentials().getRequestHeaders();
    expect(paths(server.seen)).toContain(token);
  });

  it("can be for another account of the machine", async () => {
    const server = await metadataServer({
      "instance/service-accounts/other%40example.com/token": (_request, response) =>
        json(response, 200, { access_token: "other", expires_in: 60 }, flavor),
    });
    const auth = new MetadataCredentials({ host: hostOf(server), serviceAccount: "other@example.com" });
    expect(await auth.getRequestHeaders()).toEqual({ authorization: "Bearer other" });
  });

  it("is requested again if the server is not ready", async () => {
    const server = await metadataServer({
      [token]: (_request, response, index) =>
        index < 2
          ? json(response, 503, {}, { ...flavor, "retry-after": "0" })
          : json(response, 200, { access_token: "late", expires_in: 3600 }, flavor),
    });
    expect(await new MetadataCredentials({ host: hostOf(server) }).getRequestHeaders()).toEqual({
      authorization: "Bearer late",
    });
  });
});

it.each<[string, Parameters<typeof metadataServer>, string, RegExp]>([
  ["another server that responds for every host", [{}, {}], "TOKEN_UNAVAILABLE", /is not a metadata server/],
  ["a server of another flavor", [{}, { "metadata-flavor": "Other" }], "TOKEN_UNAVAILABLE", /is not a metadata server/],
  [
    "a machine without an account",
    [{ [token]: (_request, response) => void response.writeHead(404, flavor).end("no account") }],
    "TOKEN_REFUSED",
    /Check that the machine has a service account/,
  ],
  [
    "a web page",
    [{ [token]: (_request, response) => void response.writeHead(200, flavor).end("<html>") }],
    "TOKEN_UNAVAILABLE",
    /is not JSON/,
  ],
  [
    "JSON that is not an object",
    [{ [token]: (_request, response) => json(response, 200, null, flavor) }],
    "TOKEN_UNAVAILABLE",
    /is not a JSON object/,
  ],
])("rejects %s", async (_name, given, code, message) => {
  const server = await metadataServer(...given);
  expect(await failureOf(new MetadataCredentials({ host: hostOf(server) }).getRequestHeaders())).toMatchObject({
    code,
    message: expect.stringMatching(message) as unknown,
  });
});

describe("the universe", () => {
  const path = "universe/universe-domain";
  it.each<[string, Parameters<typeof metadataServer>[0], string | undefined]>([
    [
      "is that of the response",
      { [path]: (_r, response) => void response.writeHead(200, flavor).end("example.goog\n") },
      "example.goog",
    ],
    [
      "is Google's if the server does not know universes",
      { [path]: (_r, response) => void response.writeHead(404, flavor).end() },
      "googleapis.com",
    ],
    [
      "is Google's if the response is empty",
      { [path]: (_r, response) => void response.writeHead(200, flavor).end() },
      "googleapis.com",
    ],
    [
      "stays unknown if the server fails",
      { [path]: (_r, response) => void response.writeHead(403, flavor).end() },
      undefined,
    ],
    [
      "stays unknown if the response is invalid",
      { [path]: (_r, response) => void response.writeHead(200, flavor).end("{}") },
      undefined,
    ],
  ])("%s, and never delays a token", async (_name, responses, expected) => {
    const auth = new MetadataCredentials({ host: hostOf(await metadataServer(responses)) });
    expect(auth.universeDomain).toBeUndefined();
    expect(await auth.getRequestHeaders()).toHaveProperty("authorization");
    expect(auth.universeDomain).toBe(expected);
  });
});

it("a call that waits for an ID token stops with its signal, and others continue", async () => {
  let respond: (() => void) | undefined;
  const server = await metadataServer({
    "instance/service-accounts/default/identity": async (_request, response) => {
      await new Promise<void>((resolve) => (respond = resolve));
      response.writeHead(200, flavor).end("id-token");
    },
  });
  const auth = new MetadataCredentials({ host: hostOf(server) });
  const controller = new AbortController();
  const first = failureOf(auth.getIdToken("https://a", { signal: controller.signal }));
  const second = auth.getIdToken("https://a");
  await vi.waitFor(() => expect(respond).toBeDefined());
  controller.abort();
  expect(await first).toMatchObject({ code: "ABORTED" });
  respond?.();
  expect(await second).toBe("id-token");
  expect(await failureOf(auth.getIdToken("https://b", { signal: AbortSignal.abort() }))).toMatchObject({
    code: "ABORTED",
  });
  expect(server.seen.length).toBe(1);
});

it("ID tokens are requested by audience, and cached", async () => {
  const server = await metadataServer();
  const auth = new MetadataCredentials({ host: hostOf(server) });
  const first = await auth.getIdToken("https://a.example.com/?x=1&y=2");
  expect(await auth.getIdToken("https://a.example.com/?x=1&y=2")).toBe(first);
  expect(server.seen.map((one) => one.url)).toEqual([
    "/computeMetadata/v1/instance/service-accounts/default/identity?audience=https%3A%2F%2Fa.example.com%2F%3Fx%3D1%26y%3D2&format=full",
  ]);
});

it.each(["a/b", "a@b", "a b", "a?b"])("rejects an invalid host: %s", (host) => {
  expect(() => new MetadataCredentials({ host })).toThrow(expect.objectContaining({ code: "INVALID_OPTION" }) as Error);
});

describe("detection", () => {
  it.each<[string, Record<string, string>, object]>([
    ["NO_GCE_CHECK", { NO_GCE_CHECK: "true" }, { absent: "NO_GCE_CHECK turns detection off" }],
    ["none", { METADATA_SERVER_DETECTION: "none" }, { absent: "METADATA_SERVER_DETECTION turns detection off" }],
    ["assume-present", { METADATA_SERVER_DETECTION: "assume-present" }, { host: "metadata.google.internal" }],
    [
      "assume-present with a host",
      { METADATA_SERVER_DETECTION: "assume-present", GCE_METADATA_HOST: "h" },
      { host: "h" },
    ],
    ["Cloud Run", { K_SERVICE: "s" }, { host: "metadata.google.internal" }],
    ["Cloud Run jobs", { CLOUD_RUN_JOB: "j" }, { host: "metadata.google.internal" }],
  ])("sends no request: %s", async (_name, env, expected) => {
    const transport = { send: () => Promise.reject(new Error("must not be called")) };
    expect(await detectMetadata(transport, env)).toEqual(expected);
  });

  it.each(["", "ping-only"])("finds a server with the right header (mode %o)", async (mode) => {
    const server = await metadataServer();
    const env = { GCE_METADATA_HOST: hostOf(server), METADATA_SERVER_DETECTION: mode };
    expect(await detectMetadata(undefined, env)).toEqual({ host: hostOf(server) });
  });

  it("ignores servers without the header", async () => {
    const server = await serve(statuses(200));
    expect(await detectMetadata(undefined, { GCE_METADATA_HOST: hostOf(server) })).toEqual({
      absent: `no response from ${hostOf(server)}`,
    });
  });

  it("ends a probe if a server does not respond, and closes the connection", async () => {
    let open = 0;
    const server = createServer((socket) => {
      open++;
      socket
        .resume()
        .on("error", () => undefined)
        .on("close", () => open--);
    });
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => new Promise<void>((resolve) => void server.close(() => resolve())));
    const host = `127.0.0.1:${String((server.address() as AddressInfo).port)}`;
    const search = detectMetadata(undefined, { GCE_METADATA_HOST: host }, AbortSignal.timeout(1500));
    expect(await failureOf(search)).toMatchObject({ code: "ABORTED" });
    await vi.waitFor(() => expect(open).toBe(0));
  });

  it("uses the first of the usual hosts that responds, over the caller's transport", async () => {
    const origins: string[] = [];
    const transport = {
      send: ({ origin }: { readonly origin: string }) => {
        origins.push(origin);
        if (!origin.endsWith("169.254.169.254")) throw new Error("no such host");
        return Promise.resolve({ status: 200, headers: flavor, body: "" });
      },
    };
    expect(await detectMetadata(transport, { METADATA_SERVER_DETECTION: "ping-only" })).toEqual({
      host: "169.254.169.254",
    });
    expect(origins).toEqual(["http://metadata.google.internal", "http://169.254.169.254"]);
  });
});
