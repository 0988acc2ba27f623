/** Service account keys, with token endpoints on real sockets that check requests. */
import { inspect } from "node:util";
import { MockAgent } from "undici";
import { describe, expect, it, vi } from "vitest";
import { AuthError } from "../../../runtime/src/index.js";
import { ServiceAccountCredentials, type ServiceAccountOptions } from "../../../runtime/src/auth.js";
import { keyFor, pkcs1, pkcs8, tokenServer, verify, verifyJwt } from "../support/keys.js";
import { clientOf, failureOf } from "../support/library.js";
import { json, serve, statuses } from "../support/server.js";
import { iamServer, rerouted, temporaryFile } from "../support/authentication.js";

const scopes = ["https://example.com/auth/a", "https://example.com/auth/b"];

async function credentials(
  uri: string,
  options: ServiceAccountOptions = { scopes },
): Promise<ServiceAccountCredentials> {
  return ServiceAccountCredentials.fromJSON(keyFor(uri), options);
}

describe("the token request", () => {
  it("contains the assertion that Google requires", async () => {
    const { assertions, seen, url } = await tokenServer();
    const before = Math.floor(Date.now() / 1000);
    const headers = await (await credentials(`${url}token?x=1`)).getRequestHeaders();
    expect(headers).toEqual({ authorization: "Bearer token-1" });
    expect(seen[0]).toMatchObject({
      method: "POST",
      url: "/token?x=1",
      headers: { "content-type": "application/x-www-form-urlencoded", accept: "application/json" },
    });
    const form = new URLSearchParams(seen[0]?.body);
    expect([...form.keys()].toSorted()).toEqual(["assertion", "grant_type"]);
    expect(form.get("grant_type")).toBe("urn:ietf:params:oauth:grant-type:jwt-bearer");
    const [assertion] = assertions;
    expect(assertion?.header).toEqual({ alg: "RS256", typ: "JWT", kid: "key-1" });
    const { iat = 0, exp = 0, ...claims } = assertion?.claims ?? {};
    expect(claims).toEqual({
      iss: "robot@example-123.iam.gserviceaccount.com",
      scope: scopes.join(" "),
      aud: "https://oauth2.googleapis.com/token",
    });
    expect(exp - iat).toBe(3600);
    expect(iat).toBeLessThan(before);
    expect(iat).toBeGreaterThan(before - 60);
  });

  it.each<[string, Parameters<typeof keyFor>[1], ServiceAccountOptions, Record<string, unknown>]>([
    ["a user to act for", {}, { scopes, subject: "user@example.com" }, { sub: "user@example.com" }],
    [
      "another universe",
      { universe_domain: "example.cloud" },
      { scopes },
      { aud: "https://oauth2.example.cloud/token" },
    ],
    ["a PKCS#1 PEM", { private_key: pkcs1 }, { scopes }, {}],
    [
      "a PEM with escaped line breaks, as in an environment variable",
      { private_key: pkcs8.replaceAll("\n", "\\n") },
      { scopes },
      {},
    ],
    ["a PEM with carriage returns", { private_key: pkcs8.replaceAll("\n", "\r\n") }, { scopes }, {}],
  ])("works with %s", async (_name, rest, options, claims) => {
    const { assertions, url } = await tokenServer();
    await ServiceAccountCredentials.fromJSON(keyFor(url, rest), options).getRequestHeaders();
    expect(assertions[0]?.claims).toMatchObject(claims);
  });

  it("the headers contain the quota project: the option, else the key's", async () => {
    const { url } = await tokenServer();
    const key = keyFor(url, { quota_project_id: "of-key" });
    expect(await ServiceAccountCredentials.fromJSON(key, { scopes }).getRequestHeaders()).toMatchObject({
      "x-goog-user-project": "of-key",
    });
    expect(
      await ServiceAccountCredentials.fromJSON(key, { scopes, quotaProject: "own" }).getRequestHeaders(),
    ).toMatchObject({ "x-goog-user-project": "own" });
  });

  it("is sent to Google by default, over the dispatcher in the options", async () => {
    const dispatcher = new MockAgent();
    dispatcher.disableNetConnect();
    dispatcher
      .get("https://oauth2.googleapis.com")
      .intercept({ path: "/token", method: "POST" })
      .reply(200, { access_token: "t", expires_in: 3600 });
    const { token_uri: _, ...key } = keyFor("");
    expect(await ServiceAccountCredentials.fromJSON(key, { scopes, dispatcher }).getRequestHeaders()).toEqual({
      authorization: "Bearer t",
    });
  });
});

it("sends the kind of credentials for metrics", async () => {
  const { seen, url } = await tokenServer();
  await (await credentials(url)).getRequestHeaders();
  expect(seen[0]?.headers["x-goog-api-client"]).toMatch(/^gl-node\/\S+ gdcl\/\S+ auth-request-type\/at cred-type\/sa$/);
});

describe("tokens", () => {
  it("are cached, and calls share one request", async () => {
    const { seen, url } = await tokenServer();
    const auth = await credentials(url);
    const headers = await Promise.all(Array.from({ length: 10_000 }, () => auth.getRequestHeaders()));
    expect(new Set(headers.map((one) => one["authorization"]))).toEqual(new Set(["Bearer token-1"]));
    await auth.getRequestHeaders();
    expect(seen).toHaveLength(1);
  });

  it("are shared by derived credentials with the same scopes and user", async () => {
    const { assertions, url } = await tokenServer();
    const auth = await credentials(url, {});
    const [a = "", b = ""] = scopes;
    const of = (one: ServiceAccountCredentials): Promise<Record<string, string>> => one.getRequestHeaders();
    const same = await Promise.all([of(auth.withScopes([a, b])), of(auth.withScopes([b, a, a]))]);
    expect(same[0]).toBe(same[1]);
    await of(auth.withScopes([a]));
    await of(auth.withScopes([a]).withSubject("x@example.com"));
    await of(auth.withSubject("x@example.com").withScopes([a]));
    await of(auth.withScopes([a]).withSubject("y@example.com"));
    await of(auth.withSubject("y@example.com").withSubject(undefined).withScopes([a]));
    expect(assertions.map(({ claims }) => [claims.scope, claims.sub])).toEqual([
      [`${a} ${b}`, undefined],
      [a, undefined],
      [a, "x@example.com"],
      [a, "y@example.com"],
    ]);
  });

  it("are replaced once after several calls were rejected", async () => {
    const { url: tokens, seen } = await tokenServer();
    const { url } = await serve((request, response) =>
      json(response, request.headers.authorization === "Bearer token-1" ? 401 : 200, {}),
    );
    const client = clientOf(url, { auth: await credentials(tokens) });
    await Promise.all(Array.from({ length: 50 }, (_, i) => client.books.get({ book: String(i) })));
    expect(seen).toHaveLength(2);
  });

  it("are not discarded when an older token is rejected", async () => {
    const { seen, url } = await tokenServer();
    const auth = await credentials(url);
    await auth.getRequestHeaders();
    auth.invalidate("Bearer token-1");
    await auth.getRequestHeaders();
    auth.invalidate("Bearer token-1");
    expect(await auth.getRequestHeaders()).toEqual({ authorization: "Bearer token-2" });
    auth.invalidate();
    expect(await auth.getRequestHeaders()).toEqual({ authorization: "Bearer token-3" });
    expect(seen).toHaveLength(3);
  });

  it("still arrive for other calls when one call stops waiting", async () => {
    let respond: (() => void) | undefined;
    const { seen, url: tokens } = await serve((_request, response) => {
      respond = () => json(response, 200, { access_token: "t", expires_in: 3600 });
    });
    const { url } = await serve(statuses(200));
    const client = clientOf(url, { auth: await credentials(tokens) });
    const controller = new AbortController();
    const first = failureOf(client.books.get({ book: "a" }, { signal: controller.signal }));
    const second = client.books.get({ book: "b" });
    await vi.waitFor(() => expect(seen).toHaveLength(1));
    controller.abort();
    expect(await first).toMatchObject({ code: "ABORTED" });
    respond?.();
    expect(await second).toEqual({ ok: true });
    expect(seen).toHaveLength(1);
  });

  it.each<[string, unknown]>([
    ["text instead of a number", "3600"],
    ["nothing", undefined],
  ])("are cached if expires_in is %s", async (_name, expires_in) => {
    const { seen, url } = await serve((_request, response) => json(response, 200, { access_token: "t", expires_in }));
    const auth = await credentials(url);
    await auth.getRequestHeaders();
    await auth.getRequestHeaders();
    expect(seen).toHaveLength(1);
  });
});

describe("a self-signed token (AIP-4111)", () => {
  const offline = { send: () => Promise.reject(new Error("must not be called")) };
  const email = "robot@example-123.iam.gserviceaccount.com";
  const tokenOf = (headers: Record<string, string>): string => (headers["authorization"] ?? "").replace("Bearer ", "");

  it.each<[string, Parameters<typeof keyFor>[1], ServiceAccountOptions, string | undefined, Record<string, unknown>]>([
    ["is for the scopes", {}, { scopes, selfSignedJwt: true }, undefined, { scope: scopes.join(" ") }],
    ["is for the scopes with any API", {}, { scopes, selfSignedJwt: true }, "https://a/", { scope: scopes.join(" ") }],
    [
      "is for the API without scopes",
      {},
      { selfSignedJwt: true },
      "https://a.example.com/v1/",
      { aud: "https://a.example.com/" },
    ],
    [
      "is the default in other universes",
      { universe_domain: "example.goog", token_uri: "https://oauth2.example.goog/token" },
      { scopes },
      undefined,
      { scope: scopes.join(" ") },
    ],
  ])("%s, never both", async (_name, rest, options, url, claims) => {
    const auth = ServiceAccountCredentials.fromJSON(keyFor("https://a.example.com/token", rest), {
      ...options,
      transport: offline,
    });
    const headers = await auth.getRequestHeaders(url);
    const { claims: got, header } = await verifyJwt(tokenOf(headers));
    expect(header).toEqual({ alg: "RS256", typ: "JWT", kid: "key-1" });
    const { exp = 0, iat = 0, ...signed } = got;
    expect(signed).toEqual({ iss: email, sub: email, ...claims });
    expect(exp - iat).toBe(3600);
    expect(await auth.getRequestHeaders(url)).toBe(headers);
  });

  it("is different for each API without scopes, and is signed again when rejected", async () => {
    const auth = ServiceAccountCredentials.fromJSON(keyFor("https://a/token"), {
      selfSignedJwt: true,
      transport: offline,
    });
    const [a, b] = await Promise.all(["https://a/", "https://b/"].map((url) => auth.getRequestHeaders(url)));
    expect(await auth.getRequestHeaders("https://a/x")).toBe(a);
    auth.invalidate(a?.["authorization"]);
    expect(await auth.getRequestHeaders("https://a/")).not.toBe(a);
    expect(await auth.getRequestHeaders("https://b/")).toBe(b);
  });

  it("is not used for a user, whose tokens are requested", async () => {
    const { assertions, url } = await tokenServer();
    const auth = await credentials(url, { scopes, selfSignedJwt: true, subject: "user@example.com" });
    expect(await auth.getRequestHeaders()).toEqual({ authorization: "Bearer token-1" });
    expect(assertions[0]?.claims.sub).toBe("user@example.com");
  });

  it("cannot act for a user in another universe, which has no token endpoint", async () => {
    const key = keyFor("https://oauth2.example.goog/token", { universe_domain: "example.goog" });
    const auth = ServiceAccountCredentials.fromJSON(key, { scopes, subject: "user@example.com" });
    expect(auth.universeDomain).toBe("example.goog");
    expect(await failureOf(auth.getRequestHeaders())).toMatchObject({
      code: "KEY_FIELD_INVALID",
      message: expect.stringMatching(/^the key#\/universe_domain: .*cannot act for a user/) as unknown,
    });
  });
});

describe("an ID token", () => {
  const service = "https://service-abc.run.app";

  it("is requested by audience, without scopes, and cached", async () => {
    const { assertions, seen, url } = await tokenServer();
    const auth = await credentials(url);
    const token = await auth.getIdToken(service);
    expect(await auth.withScopes(["other"]).getIdToken(service)).toBe(token);
    expect((await verifyJwt(token)).claims.aud).toBe(service);
    const { exp: _exp, iat: _iat, ...claims } = assertions[0]?.claims ?? {};
    expect(claims).toEqual({
      iss: "robot@example-123.iam.gserviceaccount.com",
      aud: "https://oauth2.googleapis.com/token",
      target_audience: service,
    });
    expect(seen[0]?.headers["x-goog-api-client"]).toMatch(/ auth-request-type\/it cred-type\/sa$/);
    await auth.getIdToken("https://other.run.app");
    expect(seen).toHaveLength(2);
  });

  it("is requested from IAM in other universes, with a self-signed token", async () => {
    const { requests, url } = await iamServer();
    const key = keyFor("https://oauth2.example.goog/token", { universe_domain: "example.goog" });
    const transport = rerouted({ "https://iamcredentials.example.goog": url });
    const auth = ServiceAccountCredentials.fromJSON(key, { transport });
    expect((await verifyJwt(await auth.getIdToken(service))).claims.aud).toBe(service);
    expect(requests).toMatchObject([{ account: auth.email, method: "generateIdToken", body: { audience: service } }]);
    const { claims } = await verifyJwt((requests[0]?.authorization ?? "").replace("Bearer ", ""));
    expect(claims).toMatchObject({ iss: auth.email, scope: "https://www.googleapis.com/auth/cloud-platform" });
  });

  it.each([
    ["nothing", {}],
    ["a number", { id_token: 7 }],
    ["only an access token", { access_token: "t" }],
  ])("is missing in a response with %s", async (_name, body) => {
    const { url } = await serve((_request, response) => json(response, 200, body));
    expect(await failureOf((await credentials(url)).getIdToken(service))).toMatchObject({
      code: "TOKEN_UNAVAILABLE",
      message: expect.stringContaining("contains no id_token") as unknown,
    });
  });

  it("needs an audience", async () => {
    expect(await failureOf((await credentials("http://127.0.0.1:1/")).getIdToken(""))).toMatchObject({
      code: "INVALID_OPTION",
      faults: [{ parameter: "audience" }],
    });
  });
});

describe("a client", () => {
  it("passes its scopes to credentials without scopes, and its clones share the token", async () => {
    const { assertions, url: tokens } = await tokenServer();
    const { seen, url } = await serve(statuses(200));
    const client = clientOf(url, { auth: await credentials(tokens, {}) });
    await client.books.list();
    await client.withOptions({ timeout: 1000 }).books.list();
    expect(seen.map((one) => one.headers.authorization)).toEqual(["Bearer token-1", "Bearer token-1"]);
    expect(assertions.map(({ claims }) => claims.scope)).toEqual([
      "https://example.com/auth/library https://example.com/auth/library.readonly",
    ]);
  });

  it("sends token requests over its own transport, unless the credentials have one", async () => {
    const dispatcher = new MockAgent();
    dispatcher.disableNetConnect();
    dispatcher
      .get("https://oauth2.googleapis.com")
      .intercept({ path: "/token", method: "POST" })
      .reply(200, { access_token: "mocked", expires_in: 3600 });
    dispatcher
      .get("https://library.example.com")
      .intercept({ path: "/v1/books", headers: { authorization: "Bearer mocked" } })
      .reply(200, { items: [] });
    const { token_uri: _, ...key } = keyFor("");
    const client = clientOf("https://library.example.com/", {
      auth: ServiceAccountCredentials.fromJSON(key),
      dispatcher,
    });
    expect(await client.books.list()).toEqual({ items: [] });
    dispatcher.assertNoPendingInterceptors();
  });
});

describe("errors of the endpoint", () => {
  it("are retried if they are temporary", async () => {
    const { seen, url } = await serve((_request, response, index) => {
      if (index === 0) response.destroy();
      else if (index === 1) json(response, 503, {}, { "retry-after": "0" });
      else json(response, 200, { access_token: "t", expires_in: 3600 });
    });
    expect(await (await credentials(url)).getRequestHeaders()).toEqual({ authorization: "Bearer t" });
    expect(seen).toHaveLength(3);
  });

  it.each<[string, number, unknown, Record<string, unknown>, RegExp]>([
    [
      "a bad signature",
      400,
      { error: "invalid_grant", error_description: "Invalid JWT Signature." },
      { code: "TOKEN_REFUSED", reason: "invalid_grant" },
      /Invalid JWT Signature\. ?.*key may have been deleted/,
    ],
    [
      "an unknown account",
      400,
      { error: "invalid_grant", error_description: "Invalid grant: account not found" },
      { reason: "invalid_grant" },
      /exist and are not disabled/,
    ],
    [
      "no delegation",
      401,
      { error: "unauthorized_client", error_description: "Client is unauthorized" },
      { reason: "unauthorized_client" },
      /domain-wide delegation/,
    ],
    [
      "a wrong scope",
      400,
      { error: "invalid_scope", error_description: "x is not a valid audience" },
      { reason: "invalid_scope" },
      /Check the scopes/,
    ],
    ["a forbidden user", 403, { error: "access_denied" }, { reason: "access_denied" }, /administrator/],
    [
      "an error in another format",
      400,
      { error: { code: 400, message: "No", status: "INVALID_ARGUMENT" } },
      { code: "TOKEN_REFUSED" },
      /: No$/,
    ],
    ["a web page", 404, "<html>", { code: "TOKEN_REFUSED" }, /status 404/],
    ["a response without a token", 200, { id_token: "x" }, { code: "TOKEN_UNAVAILABLE" }, /contains no access_token/],
    ["a response that is not JSON", 200, "<html>", { code: "TOKEN_UNAVAILABLE" }, /is not JSON/],
    [
      "a token with a line break",
      200,
      { access_token: "a\nb" },
      { code: "TOKEN_UNAVAILABLE" },
      /contains no access_token/,
    ],
  ])("%s", async (_name, status, body, expected, message) => {
    const { seen, url } = await serve(
      (_request, response) =>
        void response.writeHead(status).end(typeof body === "string" ? body : JSON.stringify(body)),
    );
    const error = await failureOf((await credentials(url)).getRequestHeaders());
    expect(error).toBeInstanceOf(AuthError);
    expect(error).toMatchObject(expected);
    expect((error as AuthError).message).toMatch(message);
    expect((error as AuthError).message).toContain("robot@example-123");
    expect(seen).toHaveLength(1);
  });

  it("do not show the assertion, even if the endpoint returns it", async () => {
    const { seen, url } = await serve((request, response) =>
      json(response, 400, {
        error: "invalid_grant",
        error_description: `bad: ${request.body} ${new URLSearchParams(request.body).get("assertion") ?? ""}`,
      }),
    );
    const error = await failureOf((await credentials(url)).getRequestHeaders());
    const assertion = new URLSearchParams(seen[0]?.body).get("assertion") ?? "missing";
    const shown = inspect(error, { depth: 9, showHidden: true }) + JSON.stringify(error);
    for (const part of [assertion, ...assertion.split(".")]) expect(shown).not.toContain(part);
  });

  it("a call does not wait longer than its timeout for an endpoint that does not respond", async () => {
    let respond: (() => void) | undefined;
    const { seen, url } = await serve((_request, response) => {
      respond = () => json(response, 200, { access_token: "late", expires_in: 3600 });
    });
    const api = await serve(statuses(200));
    const auth = await credentials(url);
    const client = clientOf(api.url, { auth });
    expect(await failureOf(client.books.list({}, { totalTimeout: 100 }))).toMatchObject({ code: "TOTAL_TIMEOUT" });
    await vi.waitFor(() => expect(seen).toHaveLength(1));
    respond?.();
    // The next call uses the pending request.
    await client.books.list();
    expect(api.seen.map((one) => one.headers.authorization)).toEqual(["Bearer late"]);
    expect(seen).toHaveLength(1);
  });

  it("a refused connection is the cause of the error", async () => {
    const { server, url } = await tokenServer();
    server.close();
    server.closeAllConnections();
    const transport = {
      send: () => Promise.reject(Object.assign(new Error("connect refused"), { code: "CERT_HAS_EXPIRED" })),
    };
    const error = await failureOf((await credentials(url, { scopes, transport })).getRequestHeaders());
    expect(error).toMatchObject({ code: "TOKEN_UNAVAILABLE", cause: { code: "CONNECTION_FAILED" } });
  });

  it("a wrong clock is adjusted to the server's, once", async () => {
    const hour = 3_600_000;
    const { seen, url } = await serve(async (request, response) => {
      // The clock of this server is two hours ahead.
      const now = Date.now() + 2 * hour;
      const { claims } = await verify(request);
      const fits = Math.abs((claims.iat ?? 0) * 1000 - now) < 60_000;
      const headers = { date: new Date(now).toUTCString() };
      if (fits) json(response, 200, { access_token: "t", expires_in: 3600 }, headers);
      else
        json(
          response,
          400,
          {
            error: "invalid_grant",
            error_description:
              "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe.",
          },
          headers,
        );
    });
    const auth = await credentials(url);
    expect(await auth.getRequestHeaders()).toEqual({ authorization: "Bearer t" });
    expect(seen).toHaveLength(2);
    auth.invalidate();
    await auth.getRequestHeaders();
    expect(seen).toHaveLength(3);
  });

  it("a correct clock is not adjusted", async () => {
    const { seen, url } = await serve((_request, response) =>
      json(response, 400, { error: "invalid_grant", error_description: "iat and exp" }),
    );
    expect(await failureOf((await credentials(url)).getRequestHeaders())).toMatchObject({
      code: "TOKEN_REFUSED",
      message: expect.stringContaining("Check the clock"),
    });
    expect(seen).toHaveLength(1);
  });
});

it("without scopes no request is sent", async () => {
  expect(await failureOf((await credentials("http://127.0.0.1:1/", {})).getRequestHeaders())).toMatchObject({
    code: "NO_SCOPES",
  });
});

it.each<[string, ServiceAccountOptions]>([
  ["scopes", { scopes: "https://a" as unknown as string[] }],
  ["scopes", { scopes: [""] }],
  ["scopes", { scopes: ["a b"] }],
  ["subject", { subject: "" }],
  ["subject", { subject: "a b" }],
  ["quotaProject", { scopes, quotaProject: "a\nb" }],
  ["transport", { scopes, transport: {} as unknown as NonNullable<ServiceAccountOptions["transport"]> }],
])("%s are validated: %o", async (parameter, options) => {
  expect(await failureOf(credentials("http://127.0.0.1:1/", options))).toMatchObject({
    code: "INVALID_OPTION",
    faults: [{ parameter }],
  });
});

it("logged credentials show neither key nor token", async () => {
  const { url } = await tokenServer();
  const auth = await credentials(url);
  await auth.getRequestHeaders();
  const shown = inspect(auth, { depth: 9, showHidden: true }) + JSON.stringify(auth);
  expect(shown).not.toContain("token-1");
  expect(shown).not.toContain("PRIVATE KEY");
  expect(shown).not.toContain(pkcs8.slice(100, 140));
});

it("a key file works like the key", async () => {
  const { url } = await tokenServer();
  const path = await temporaryFile("service.json", `\ufeff${JSON.stringify(keyFor(url))}`);
  const auth = await ServiceAccountCredentials.fromFile(path, { scopes });
  expect(auth.email).toBe("robot@example-123.iam.gserviceaccount.com");
  expect(auth.scopes).toEqual(scopes);
  expect(await auth.getRequestHeaders()).toEqual({ authorization: "Bearer token-1" });
});
