/** The authorization code flow, against a server that verifies it. */
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import {
  type AuthorizedUserCredentials,
  type AuthorizedUserKey,
  OAuthClient,
  type OAuthClientInit,
} from "../../../../runtime/src/auth.js";
import { type AuthorizationServer, authorizationServer, consentTo, user } from "../../support/authorization-server.js";
import { rerouted, temporaryFile } from "../../support/authentication.js";
import { keyFor } from "../../support/keys.js";
import { failureOf } from "../../support/library.js";
import { json, serve } from "../../support/server.js";

const scopes = ["https://www.googleapis.com/auth/drive", "openid", "email"];
const clientOf = (server: AuthorizationServer): OAuthClient => OAuthClient.fromJSON(server.clientFile);
const tokenOf = async (auth: AuthorizedUserCredentials): Promise<string> =>
  String((await auth.getRequestHeaders())["authorization"]).replace("Bearer ", "");

/** Starts a consent, lets the user grant it, and returns what exchange() needs. */
async function consent(
  server: AuthorizationServer,
  client: OAuthClient,
  options: Partial<Parameters<OAuthClient["authorizationUrl"]>[0]> = {},
) {
  const request = await client.authorizationUrl({ scopes, ...options });
  const callback = await consentTo(request.url);
  return { ...request, callback, code: new URL(callback).searchParams.get("code") ?? "" };
}

describe("authorizationUrl()", () => {
  it("contains the client, the scopes, a state and a PKCE challenge", async () => {
    const client = OAuthClient.fromJSON({ installed: { client_id: "c", redirect_uris: ["http://localhost"] } });
    const first = await client.authorizationUrl({ scopes: ["a", "b"], prompt: "consent", loginHint: user });
    const { origin, pathname, searchParams } = new URL(first.url);
    expect(origin + pathname).toBe("https://accounts.google.com/o/oauth2/v2/auth");
    expect(Object.fromEntries(searchParams)).toEqual({
      client_id: "c",
      redirect_uri: "http://localhost",
      response_type: "code",
      scope: "a b",
      state: first.state,
      code_challenge: expect.stringMatching(/^[\w-]{43}$/) as unknown,
      code_challenge_method: "S256",
      access_type: "offline",
      prompt: "consent",
      login_hint: user,
    });
    expect([first.state, first.codeVerifier]).toEqual([
      expect.stringMatching(/^[\w-]{43}$/),
      expect.stringMatching(/^[\w-]{43}$/),
    ]);
    const second = await client.authorizationUrl({ scopes: ["a"], state: "my-state", includeGrantedScopes: true });
    expect(second.state).toBe("my-state");
    expect(second.codeVerifier).not.toBe(first.codeVerifier);
    expect(new URL(second.url).searchParams.get("include_granted_scopes")).toBe("true");
  });

  it.each<[string, Partial<Parameters<OAuthClient["authorizationUrl"]>[0]>, RegExp]>([
    ["no scopes", { scopes: [] }, /scopes must contain at least one scope/],
    ["scopes in one string", { scopes: "a b" as never }, /scopes must be an array/],
    ["an empty state", { state: "" }, /state must be printable ASCII/],
    ["a state with spaces", { state: "a b" }, /state must be printable ASCII/],
    ["an unknown access type", { accessType: "always" as never }, /accessType must be offline or online/],
    ["a prompt that is a sentence", { prompt: "Consent, please" }, /prompt must be words/],
    ["a login hint with spaces", { loginHint: "a b" }, /loginHint must be an address/],
    ["a redirect URI without scheme", { redirectUri: "localhost" }, /redirectUri must be an absolute URL/],
    ["a redirect URI of a web site", { redirectUri: "https://example.com/" }, /redirectUri must be registered/],
    ["a redirect URI with a fragment", { redirectUri: "http://127.0.0.1/#a" }, /without a fragment/],
  ])("rejects %s", async (_name, options, message) => {
    const client = OAuthClient.fromJSON({ installed: { client_id: "c", redirect_uris: ["http://localhost"] } });
    expect(await failureOf(client.authorizationUrl({ scopes, ...options }))).toMatchObject({
      code: "INVALID_OPTION",
      message: expect.stringMatching(message) as unknown,
    });
  });

  it.each<[string, string, object]>([
    ["a registered one", "https://example.com/callback", { redirectUri: "https://example.com/callback" }],
    ["another path", "https://example.com/other", { code: "INVALID_OPTION" }],
    ["another port", "http://localhost:8081/", { code: "INVALID_OPTION" }],
    ["a loopback address", "http://127.0.0.1:8080/", { code: "INVALID_OPTION" }],
  ])("for a web client, checks that a redirect URI is registered: %s", async (_name, redirectUri, expected) => {
    const client = new OAuthClient({
      type: "web",
      clientId: "c",
      clientSecret: "secret",
      redirectUris: ["https://example.com/callback", "http://localhost:8080/"],
    });
    const result: unknown = await client.authorizationUrl({ scopes, redirectUri }).catch((error: unknown) => error);
    expect(result).toMatchObject(expected);
  });

  it.each<[string, readonly string[], object]>([
    [
      "uses the first registered one",
      ["https://example.com/a", "https://example.com/b"],
      { redirectUri: "https://example.com/a" },
    ],
    ["needs one", [], { code: "INVALID_OPTION" }],
  ])("without a redirect URI, %s", async (_name, redirectUris, expected) => {
    const client = new OAuthClient({ clientId: "c", redirectUris });
    const result: unknown = await client.authorizationUrl({ scopes }).catch((error: unknown) => error);
    expect(result).toMatchObject(expected);
  });
});

describe("exchange()", () => {
  it.each(["installed", "web"] as const)("gives credentials of the user, for an %s client", async (type) => {
    const server = await authorizationServer({ type, redirectUris: ["http://localhost:8080/callback"] });
    const client = clientOf(server);
    const { codeVerifier, callback, state } = await consent(server, client);
    const reported: AuthorizedUserKey[] = [];
    const auth = await client.exchange(callback, { codeVerifier, state, onTokens: (key) => void reported.push(key) });
    expect(server.isActive(await tokenOf(auth))).toBe(true);
    // The access token of the exchange is used until it expires.
    expect(server.seen.filter(({ url }) => url === "/token")).toHaveLength(1);
    expect(auth.toJSON()).toMatchObject({ kind: "AuthorizedUserCredentials", email: user });
    expect(auth.grantedScopes).toEqual(scopes);
    expect(reported).toEqual([
      {
        type: "authorized_user",
        client_id: client.clientId,
        client_secret: "GOCSPX-secret-of-client",
        refresh_token: expect.stringMatching(/^1\/\/0/) as unknown,
        token_uri: `${server.url}token`,
        account: user,
        scopes,
        token: await tokenOf(auth),
        expiry: expect.stringMatching(/^\d{4}-.*Z$/) as unknown,
      },
    ]);
    auth.invalidate();
    expect(server.isActive(await tokenOf(auth))).toBe(true);
    expect(reported.map((key) => key.refresh_token)).toEqual(Array(2).fill(reported[0]?.refresh_token));
    expect(server.refusals).toEqual([]);
  });

  it("takes a code, a URL, and a URL from its path on", async () => {
    const server = await authorizationServer();
    const client = clientOf(server);
    const inputs: ((request: { readonly code: string; readonly callback: string }) => string | URL)[] = [
      ({ code }) => code,
      ({ code }) => ` ${code}\n`,
      ({ callback }) => new URL(callback),
      ({ callback }) => new URL(callback).pathname + new URL(callback).search,
    ];
    for (const input of inputs) {
      const request = await consent(server, client);
      const { codeVerifier, state } = request;
      const auth = await client.exchange(input(request), { codeVerifier, state });
      expect(server.isActive(await tokenOf(auth))).toBe(true);
    }
  });

  it("needs no secret for clients without one", async () => {
    const server = await authorizationServer({ clientSecret: null });
    const client = clientOf(server);
    const { code, codeVerifier } = await consent(server, client);
    const auth = await client.exchange(code, { codeVerifier });
    expect(server.isActive(await tokenOf(auth))).toBe(true);
    await client.revoke(auth);
    expect(server.refusals).toEqual([]);
  });

  it("reports which scopes the user did not grant", async () => {
    const server = await authorizationServer();
    const client = clientOf(server);
    const { codeVerifier, state, url } = await client.authorizationUrl({ scopes });
    const callback = await consentTo(url, { without: ["https://www.googleapis.com/auth/drive"] });
    const auth = await client.exchange(callback, { codeVerifier, state });
    expect(auth.grantedScopes).toEqual(["openid", "email"]);
    expect(auth.missingScopes([...scopes, "https://www.googleapis.com/auth/userinfo.email"])).toEqual([
      "https://www.googleapis.com/auth/drive",
    ]);
  });

  const other = "a".repeat(43);
  it.each<
    [
      string,
      (request: Awaited<ReturnType<typeof consent>>) => [string, object],
      { code: string; reason?: string },
      RegExp,
      number,
    ]
  >([
    [
      "another state",
      ({ callback }) => [callback, { state: "other" }],
      { code: "CONSENT_STATE_MISMATCH" },
      /does not have the state/,
      0,
    ],
    [
      "a missing state",
      ({ code }) => [`http://localhost/?code=${encodeURIComponent(code)}`, {}],
      { code: "CONSENT_STATE_MISMATCH" },
      /does not have the state/,
      0,
    ],
    [
      "a repeated state",
      ({ callback, state }) => [`${callback}&state=${state}`, {}],
      { code: "CONSENT_STATE_MISMATCH" },
      /does not have the state/,
      0,
    ],
    [
      "an error with another state",
      () => ["http://localhost/?error=access_denied&state=other", {}],
      { code: "CONSENT_STATE_MISMATCH" },
      /does not have the state/,
      0,
    ],
    [
      "a denied consent",
      ({ state }) => [`http://localhost/?error=access_denied&state=${state}`, {}],
      { code: "CONSENT_DENIED", reason: "access_denied" },
      /no consent: access_denied\. The user declined/,
      0,
    ],
    [
      "a redirect without code and error",
      ({ state }) => [`http://localhost/?state=${state}`, {}],
      { code: "CONSENT_DENIED" },
      /neither a code nor an error/,
      0,
    ],
    [
      "an unknown code",
      () => ["4/0unknown", {}],
      { code: "CONSENT_CODE_REFUSED", reason: "invalid_grant" },
      /used before, has expired/,
      1,
    ],
    [
      "an encoded code",
      ({ code }) => [encodeURIComponent(code), {}],
      { code: "CONSENT_CODE_REFUSED" },
      /percent-encoded/,
      1,
    ],
    [
      "another verifier",
      ({ code }) => [code, { codeVerifier: other }],
      { code: "CONSENT_CODE_REFUSED", reason: "invalid_grant" },
      /code_verifier does not match/,
      1,
    ],
    [
      "another redirect URI",
      ({ code }) => [code, { redirectUri: "http://127.0.0.1:1/" }],
      { code: "CONSENT_CODE_REFUSED" },
      /redirect_uri differs/,
      1,
    ],
    ["no verifier", ({ code }) => [code, { codeVerifier: undefined }], { code: "INVALID_OPTION" }, /codeVerifier/, 0],
    [
      "a URL without the state to check",
      ({ callback }) => [callback, { state: undefined }],
      { code: "INVALID_OPTION" },
      /state must be/,
      0,
    ],
    ["an empty code", () => ["", {}], { code: "INVALID_OPTION" }, /code must be/, 0],
  ])("rejects %s", async (_name, change, expected, message, requests) => {
    const server = await authorizationServer();
    const client = clientOf(server);
    const request = await consent(server, client);
    const { codeVerifier, state } = request;
    const [code, options] = change(request);
    const reported: unknown[] = [];
    const onTokens = (key: unknown): void => void reported.push(key);
    const error = await failureOf(client.exchange(code, { codeVerifier, state, onTokens, ...options }));
    expect(error).toMatchObject({ ...expected, message: expect.stringMatching(message) as unknown });
    expect(server.seen.filter(({ url }) => url === "/token")).toHaveLength(requests);
    expect(reported).toEqual([]);
    for (const secret of [request.code, codeVerifier, state, "GOCSPX"]) expect(inspect(error)).not.toContain(secret);
  });

  it("rejects a code that was used before", async () => {
    const server = await authorizationServer();
    const client = clientOf(server);
    const { code, codeVerifier } = await consent(server, client);
    await client.exchange(code, { codeVerifier });
    expect(await failureOf(client.exchange(code, { codeVerifier }))).toMatchObject({
      code: "CONSENT_CODE_REFUSED",
      message: expect.stringContaining("code was used") as unknown,
    });
  });

  it.each([
    ["returned status 503", "status 503"],
    ["closed the connection", "no token from"],
  ])("does not repeat the request after the server %s, since it may have used the code", async (name, message) => {
    const server = await authorizationServer({
      intercept: ({ url }, response) => {
        if (url !== "/token") return false;
        if (name.includes("503")) json(response, 503, {}, { "retry-after": "0" });
        else response.destroy();
        return true;
      },
    });
    const client = clientOf(server);
    const { code, codeVerifier } = await consent(server, client);
    expect(await failureOf(client.exchange(code, { codeVerifier }))).toMatchObject({
      code: "TOKEN_UNAVAILABLE",
      message: expect.stringContaining(message) as unknown,
    });
    expect(server.seen.filter(({ url }) => url === "/token")).toHaveLength(1);
  });

  it("explains a wrong secret", async () => {
    const server = await authorizationServer();
    const client = new OAuthClient({
      clientId: clientOf(server).clientId,
      clientSecret: "GOCSPX-old-secret",
      redirectUris: ["http://localhost"],
      authUri: `${server.url}authorize`,
      tokenUri: `${server.url}token`,
    });
    const { code, codeVerifier } = await consent(server, client);
    const error = await failureOf(client.exchange(code, { codeVerifier }));
    expect(error).toMatchObject({
      code: "TOKEN_REFUSED",
      reason: "invalid_client",
      message: expect.stringMatching(/Check client_id and client_secret/) as unknown,
    });
    expect(inspect(error)).not.toContain("GOCSPX-old");
  });

  it("explains a missing refresh token", async () => {
    const server = await authorizationServer({ isSecondConsent: true });
    const client = clientOf(server);
    const { code, codeVerifier } = await consent(server, client);
    expect(await failureOf(client.exchange(code, { codeVerifier }))).toMatchObject({
      code: "TOKEN_UNAVAILABLE",
      message: expect.stringMatching(/contains no refresh token.*prompt: "consent"$/) as unknown,
    });
    const second = await consent(server, client, { prompt: "consent" });
    expect(await client.exchange(second.code, second)).toBeDefined();
  });

  it("ends with an AbortError after an abort", async () => {
    const abort = new AbortController();
    const server = await authorizationServer({
      intercept: ({ url }) => {
        if (url !== "/token") return false;
        abort.abort(new Error("no longer needed"));
        return true;
      },
    });
    const client = clientOf(server);
    const { code, codeVerifier } = await consent(server, client);
    expect(await failureOf(client.exchange(code, { codeVerifier, signal: abort.signal }))).toMatchObject({
      code: "ABORTED",
    });
  });
});

describe("revoke()", () => {
  it.each(["credentials", "refresh token", "access token"])("revokes the sign-in by its %s", async (kind) => {
    const server = await authorizationServer();
    const client = clientOf(server);
    const { code, codeVerifier } = await consent(server, client);
    let refreshToken = "";
    const onTokens = (key: AuthorizedUserKey): void => void (refreshToken = key.refresh_token);
    const auth = await client.exchange(code, { codeVerifier, onTokens });
    const token = await tokenOf(auth);
    await client.revoke(kind === "credentials" ? auth : kind === "refresh token" ? refreshToken : token);
    expect(server.isActive(token)).toBe(false);
    if (kind !== "credentials") auth.invalidate();
    expect(await failureOf(auth.getRequestHeaders())).toMatchObject({
      code: "REFRESH_TOKEN_REVOKED",
      reason: "invalid_grant",
      message: expect.stringMatching(/was revoked or is too old\. Ask the user for consent again$/) as unknown,
    });
    // A second time is no error.
    await client.revoke(auth);
  });

  it("sends Google only the token, to its own endpoint", async () => {
    const server = await serve((_request, response) => json(response, 200, {}));
    const transport = rerouted({ "https://oauth2.googleapis.com": server.url });
    const client = new OAuthClient({ clientId: "c", clientSecret: "secret", transport });
    await client.revoke("1//0refresh");
    expect(server.seen.map(({ body, url }) => `${url} ${body}`)).toEqual(["/revoke token=1%2F%2F0refresh"]);
  });

  it.each<[string, (client: OAuthClient, other: OAuthClient) => Promise<unknown>, object]>([
    [
      "the credentials of another client",
      async (client, other) => client.revoke(await restored(other)),
      { code: "INVALID_OPTION", message: expect.stringContaining("another OAuth client") as unknown },
    ],
    ["something else", (client) => client.revoke({} as never), { code: "INVALID_OPTION" }],
    ["a text that is no token", (client) => client.revoke("a token"), { code: "INVALID_OPTION" }],
    [
      "a refusal of the server",
      (client) => client.revoke("token-of-user"),
      { code: "TOKEN_REFUSED", message: expect.stringMatching(/refused to revoke the token/) as unknown },
    ],
  ])("rejects %s", async (_name, run, expected) => {
    const server = await serve((_request, response) => json(response, 403, { error: "forbidden" }));
    const init: OAuthClientInit = { clientId: "c", tokenUri: `${server.url}token` };
    expect(await failureOf(run(new OAuthClient(init), new OAuthClient({ ...init, clientId: "d" })))).toMatchObject(
      expected,
    );
  });
});

async function restored(client: OAuthClient) {
  const key = { client_id: client.clientId, refresh_token: "r" };
  const auth = await client.restore({
    read: async () => key,
    write: async () => undefined,
    delete: async () => undefined,
  });
  if (auth === undefined) throw new Error("the store is empty");
  return auth;
}

describe("the file of the client", () => {
  it("is read from client_secret.json", async () => {
    const server = await authorizationServer({ type: "web", redirectUris: ["https://example.com/callback"] });
    const path = await temporaryFile("client_secret.json", server.clientFile, 0o644);
    const client = await OAuthClient.fromFile(path);
    expect(client.toJSON()).toEqual({
      kind: "OAuthClient",
      clientId: client.clientId,
      type: "web",
      redirectUris: ["https://example.com/callback"],
    });
    expect(inspect(client)).toMatch(/^OAuthClient \{\s+clientId: '[^']+',\s+type: 'web'/);
    expect(inspect(client, { depth: null, showHidden: true }) + JSON.stringify(client)).not.toContain("GOCSPX");
  });

  it.each<[string, unknown, string, RegExp]>([
    [
      "a service account's key",
      keyFor("https://a"),
      "KEY_WRONG_TYPE",
      /the key of a service account\. OAuthClient takes/,
    ],
    [
      "the sign-in of a user",
      { type: "authorized_user", client_id: "c", client_secret: "s", refresh_token: "r" },
      "KEY_WRONG_TYPE",
      /the sign-in of a user.*OAuthClient takes/,
    ],
    ["other JSON", { apiKey: "a" }, "KEY_WRONG_TYPE", /is not the file of an OAuth client/],
    ["a client without ID", { installed: {} }, "KEY_FIELD_MISSING", /#\/installed\/client_id/],
    ["a web client without secret", { web: { client_id: "c" } }, "KEY_FIELD_MISSING", /#\/web\/client_secret/],
    [
      "an endpoint over http",
      { installed: { client_id: "c", token_uri: "http://example.com/" } },
      "KEY_FIELD_INVALID",
      /#\/installed\/token_uri/,
    ],
    [
      "redirect URIs that are none",
      { installed: { client_id: "c", redirect_uris: ["callback"] } },
      "KEY_FIELD_INVALID",
      /#\/installed\/redirect_uris/,
    ],
    [
      "another universe without its authorization page",
      { installed: { client_id: "c", universe_domain: "example.com" } },
      "KEY_FIELD_MISSING",
      /#\/installed\/auth_uri/,
    ],
    ["no JSON", "installed", "KEY_NOT_JSON", /is not JSON/],
  ])("rejects %s", async (_name, content, code, message) => {
    const path = await temporaryFile("client.json", content);
    const error = await failureOf(OAuthClient.fromFile(path));
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) as unknown });
    expect((error as Error).message.startsWith(path)).toBe(true);
  });

  it("of another universe uses its endpoints", async () => {
    const server = await serve((_request, response) => json(response, 200, { access_token: "t", refresh_token: "r" }));
    const transport = rerouted({ "https://oauth2.example.com": server.url });
    const client = new OAuthClient({
      clientId: "c",
      universeDomain: "example.com",
      authUri: "https://accounts.example.com/auth",
      redirectUris: ["http://localhost"],
      transport,
    });
    const request = await client.authorizationUrl({ scopes });
    expect(request.url).toMatch(/^https:\/\/accounts\.example\.com\/auth\?/);
    const auth = await client.exchange("code", request);
    expect(auth.universeDomain).toBe("example.com");
    await client.revoke(auth);
    expect(server.seen.map(({ url }) => url)).toEqual(["/token", "/revoke"]);
  });
});
