/** Sign-in with a service account's key, against token endpoints on real sockets that check what they are sent. */
import { inspect } from "node:util";
import { MockAgent } from "undici";
import { describe, expect, it, vi } from "vitest";
import { AuthError } from "../../../runtime/src/index.js";
import { ServiceAccountCredentials, type ServiceAccountOptions } from "../../../runtime/src/auth.js";
import { keyFor, pkcs1, pkcs8, tokenServer, verify, verifyJwt } from "../support/keys.js";
import { clientOf, failureOf } from "../support/library.js";
import { json, serve, statuses } from "../support/server.js";
import { iamServer, rerouted, temporaryFile } from "../support/sign-in.js";

const scopes = ["https://example.com/auth/a", "https://example.com/auth/b"];

async function credentials(
  uri: string,
  options: ServiceAccountOptions = { scopes },
): Promise<ServiceAccountCredentials> {
  return ServiceAccountCredentials.fromJSON(keyFor(uri), options);
}

describe("the exchange", () => {
  it("sends the assertion that Google asks for", async () => {
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
    ["a person to act for", {}, { scopes, subject: "person@example.com" }, { sub: "person@example.com" }],
    [
      "another universe",
      { universe_domain: "example.cloud" },
      { scopes },
      { aud: "https://oauth2.example.cloud/token" },
    ],
    ["an older kind of PEM", { private_key: pkcs1 }, { scopes }, {}],
    [
      "a PEM whose line breaks came through an environment variable",
      { private_key: pkcs8.replaceAll("\n", "\\n") },
      { scopes },
      {},
    ],
    ["a PEM with carriage returns", { private_key: pkcs8.replaceAll("\n", "\r\n") }, { scopes }, {}],
  ])("with %s", async (_name, rest, options, claims) => {
    const { assertions, url } = await tokenServer();
    await ServiceAccountCredentials.fromJSON(keyFor(url, rest), options).getRequestHeaders();
    expect(assertions[0]?.claims).toMatchObject(claims);
  });

  it("names the project that pays: the option, else the key's", async () => {
    const { url } = await tokenServer();
    const key = keyFor(url, { quota_project_id: "of-key" });
    expect(await ServiceAccountCredentials.fromJSON(key, { scopes }).getRequestHeaders()).toMatchObject({
      "x-goog-user-project": "of-key",
    });
    expect(
      await ServiceAccountCredentials.fromJSON(key, { scopes, quotaProject: "own" }).getRequestHeaders(),
    ).toMatchObject({ "x-goog-user-project": "own" });
  });

  it("goes to Google where the key does not say where, by the dispatcher given", async () => {
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

it("says what kind of sign-in it is", async () => {
  const { seen, url } = await tokenServer();
  await (await credentials(url)).getRequestHeaders();
  expect(seen[0]?.headers["x-goog-api-client"]).toMatch(/^gl-node\/\S+ gdcl\/\S+ auth-request-type\/at cred-type\/sa$/);
});

describe("tokens", () => {
  it("are kept: one request however many calls, and however many wait", async () => {
    const { seen, url } = await tokenServer();
    const auth = await credentials(url);
    const headers = await Promise.all(Array.from({ length: 10_000 }, () => auth.getRequestHeaders()));
    expect(new Set(headers.map((one) => one["authorization"]))).toEqual(new Set(["Bearer token-1"]));
    await auth.getRequestHeaders();
    expect(seen).toHaveLength(1);
  });

  it("are shared by all that is made from one key, for the same scopes and person", async () => {
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

  it("that were refused are replaced, once for all who were refused", async () => {
    const { url: tokens, seen } = await tokenServer();
    const { url } = await serve((request, response) =>
      json(response, request.headers.authorization === "Bearer token-1" ? 401 : 200, {}),
    );
    const client = clientOf(url, { auth: await credentials(tokens) });
    await Promise.all(Array.from({ length: 50 }, (_, i) => client.books.get({ book: String(i) })));
    expect(seen).toHaveLength(2);
  });

  it("that came meanwhile are not dropped for an older one", async () => {
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

  it("are still got for the others when one caller gives up", async () => {
    let answer: (() => void) | undefined;
    const { seen: asked, url: tokens } = await serve((_request, response) => {
      answer = () => json(response, 200, { access_token: "t", expires_in: 3600 });
    });
    const { url } = await serve(statuses(200));
    const client = clientOf(url, { auth: await credentials(tokens) });
    const controller = new AbortController();
    const first = failureOf(client.books.get({ book: "a" }, { signal: controller.signal }));
    const second = client.books.get({ book: "b" });
    await vi.waitFor(() => expect(asked).toHaveLength(1));
    controller.abort();
    expect(await first).toMatchObject({ code: "ABORTED" });
    answer?.();
    expect(await second).toEqual({ ok: true });
    expect(asked).toHaveLength(1);
  });

  it.each<[string, unknown]>([
    ["text instead of a number", "3600"],
    ["nothing", undefined],
  ])("are kept where expires_in is %s", async (_name, expires_in) => {
    const { seen, url } = await serve((_request, response) => json(response, 200, { access_token: "t", expires_in }));
    const auth = await credentials(url);
    await auth.getRequestHeaders();
    await auth.getRequestHeaders();
    expect(seen).toHaveLength(1);
  });
});

describe("a token signed here (AIP-4111)", () => {
  const offline = { send: () => Promise.reject(new Error("must not be asked")) };
  const email = "robot@example-123.iam.gserviceaccount.com";
  const tokenOf = (headers: Record<string, string>): string => (headers["authorization"] ?? "").replace("Bearer ", "");

  it.each<[string, Parameters<typeof keyFor>[1], ServiceAccountOptions, string | undefined, Record<string, unknown>]>([
    ["is for the scopes", {}, { scopes, selfSignedJwt: true }, undefined, { scope: scopes.join(" ") }],
    [
      "is for the scopes whatever the API",
      {},
      { scopes, selfSignedJwt: true },
      "https://a/",
      { scope: scopes.join(" ") },
    ],
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
    const { exp = 0, iat = 0, ...said } = got;
    expect(said).toEqual({ iss: email, sub: email, ...claims });
    expect(exp - iat).toBe(3600);
    expect(await auth.getRequestHeaders(url)).toBe(headers);
  });

  it("differs from one API to the next where it is for APIs, and is signed anew when refused", async () => {
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

  it("gives way to the exchange for a person", async () => {
    const { assertions, url } = await tokenServer();
    const auth = await credentials(url, { scopes, selfSignedJwt: true, subject: "person@example.com" });
    expect(await auth.getRequestHeaders()).toEqual({ authorization: "Bearer token-1" });
    expect(assertions[0]?.claims.sub).toBe("person@example.com");
  });

  it("is not for a person of another universe, which has no exchange", async () => {
    const key = keyFor("https://oauth2.example.goog/token", { universe_domain: "example.goog" });
    const auth = ServiceAccountCredentials.fromJSON(key, { scopes, subject: "person@example.com" });
    expect(auth.universeDomain).toBe("example.goog");
    expect(await failureOf(auth.getRequestHeaders())).toMatchObject({
      code: "KEY_FIELD_INVALID",
      message: expect.stringMatching(/^the key#\/universe_domain: .*cannot act for a person/) as unknown,
    });
  });
});

describe("an id token", () => {
  const service = "https://service-abc.run.app";

  it("is asked for by audience, without scopes, and kept", async () => {
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

  it("comes from IAM in other universes, by a token signed here", async () => {
    const { asked, url } = await iamServer();
    const key = keyFor("https://oauth2.example.goog/token", { universe_domain: "example.goog" });
    const transport = rerouted({ "https://iamcredentials.example.goog": url });
    const auth = ServiceAccountCredentials.fromJSON(key, { transport });
    expect((await verifyJwt(await auth.getIdToken(service))).claims.aud).toBe(service);
    expect(asked).toMatchObject([{ account: auth.email, method: "generateIdToken", body: { audience: service } }]);
    const { claims } = await verifyJwt((asked[0]?.authorization ?? "").replace("Bearer ", ""));
    expect(claims).toMatchObject({ iss: auth.email, scope: "https://www.googleapis.com/auth/cloud-platform" });
  });

  it.each([
    ["nothing", {}],
    ["a number", { id_token: 7 }],
    ["an access token alone", { access_token: "t" }],
  ])("is missed where the answer holds %s", async (_name, answer) => {
    const { url } = await serve((_request, response) => json(response, 200, answer));
    expect(await failureOf((await credentials(url)).getIdToken(service))).toMatchObject({
      code: "TOKEN_UNAVAILABLE",
      message: expect.stringContaining("holds no id_token") as unknown,
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
  it("gives its scopes to credentials that have none, and its clones share the token", async () => {
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

  it("carries token requests over its own transport, unless the credentials have one", async () => {
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

describe("the endpoint's troubles", () => {
  it("that pass are tried again", async () => {
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
      "no such account",
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
    ["a forbidden person", 403, { error: "access_denied" }, { reason: "access_denied" }, /administrator/],
    [
      "an error of another form",
      400,
      { error: { code: 400, message: "No", status: "INVALID_ARGUMENT" } },
      { code: "TOKEN_REFUSED" },
      /: No$/,
    ],
    ["a web page", 404, "<html>", { code: "TOKEN_REFUSED" }, /status 404/],
    ["an answer without a token", 200, { id_token: "x" }, { code: "TOKEN_UNAVAILABLE" }, /holds no access_token/],
    ["an answer that is no JSON", 200, "<html>", { code: "TOKEN_UNAVAILABLE" }, /is not JSON/],
    [
      "a token with a line break",
      200,
      { access_token: "a\nb" },
      { code: "TOKEN_UNAVAILABLE" },
      /holds no access_token/,
    ],
  ])("%s", async (_name, status, body, want, message) => {
    const { seen, url } = await serve(
      (_request, response) =>
        void response.writeHead(status).end(typeof body === "string" ? body : JSON.stringify(body)),
    );
    const error = await failureOf((await credentials(url)).getRequestHeaders());
    expect(error).toBeInstanceOf(AuthError);
    expect(error).toMatchObject(want);
    expect((error as AuthError).message).toMatch(message);
    expect((error as AuthError).message).toContain("robot@example-123");
    expect(seen).toHaveLength(1);
  });

  it("show nothing of the assertion, even where the endpoint repeats it", async () => {
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

  it("an endpoint that says nothing holds a call no longer than the call allows", async () => {
    let answer: (() => void) | undefined;
    const { seen, url } = await serve((_request, response) => {
      answer = () => json(response, 200, { access_token: "late", expires_in: 3600 });
    });
    const api = await serve(statuses(200));
    const auth = await credentials(url);
    const client = clientOf(api.url, { auth });
    expect(await failureOf(client.books.list({}, { totalTimeout: 100 }))).toMatchObject({ code: "TOTAL_TIMEOUT" });
    await vi.waitFor(() => expect(seen).toHaveLength(1));
    answer?.();
    // What was under way serves the next.
    await client.books.list();
    expect(api.seen.map((one) => one.headers.authorization)).toEqual(["Bearer late"]);
    expect(seen).toHaveLength(1);
  });

  it("a connection that is refused is told as such", async () => {
    const { server, url } = await tokenServer();
    server.close();
    server.closeAllConnections();
    const transport = {
      send: () => Promise.reject(Object.assign(new Error("connect refused"), { code: "CERT_HAS_EXPIRED" })),
    };
    const error = await failureOf((await credentials(url, { scopes, transport })).getRequestHeaders());
    expect(error).toMatchObject({ code: "TOKEN_UNAVAILABLE", cause: { code: "CONNECTION_FAILED" } });
  });

  it("a clock that is far off is set by the server's, once", async () => {
    const hour = 3_600_000;
    const { seen, url } = await serve(async (request, response) => {
      // This server lives two hours ahead.
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

  it("a clock that is right is not turned", async () => {
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

it("without any scopes nothing is asked for", async () => {
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
])("%s are checked: %o", async (parameter, options) => {
  expect(await failureOf(credentials("http://127.0.0.1:1/", options))).toMatchObject({
    code: "INVALID_OPTION",
    faults: [{ parameter }],
  });
});

it("credentials that are logged show neither key nor token", async () => {
  const { url } = await tokenServer();
  const auth = await credentials(url);
  await auth.getRequestHeaders();
  const shown = inspect(auth, { depth: 9, showHidden: true }) + JSON.stringify(auth);
  expect(shown).not.toContain("token-1");
  expect(shown).not.toContain("PRIVATE KEY");
  expect(shown).not.toContain(pkcs8.slice(100, 140));
});

it("a key file works as the key does", async () => {
  const { url } = await tokenServer();
  const path = await temporaryFile("service.json", `\ufeff${JSON.stringify(keyFor(url))}`);
  const auth = await ServiceAccountCredentials.fromFile(path, { scopes });
  expect(auth.email).toBe("robot@example-123.iam.gserviceaccount.com");
  expect(auth.scopes).toEqual(scopes);
  expect(await auth.getRequestHeaders()).toEqual({ authorization: "Bearer token-1" });
});
