/** Credentials of a user with a refresh token. */
import { describe, expect, it } from "vitest";
import { AuthorizedUserCredentials, type AuthorizedUserKey } from "../../../runtime/src/auth.js";
import { idTokenFor } from "../support/keys.js";
import { clientOf, failureOf } from "../support/library.js";
import { type TestServer, json, serve, statuses } from "../support/server.js";
import { rerouted, temporaryFile } from "../support/authentication.js";

const keyFor = (tokenUri: string, rest: Partial<AuthorizedUserKey> = {}): AuthorizedUserKey => ({
  type: "authorized_user",
  client_id: "client-1",
  client_secret: "secret-of-client",
  refresh_token: "refresh-1",
  token_uri: tokenUri,
  ...rest,
});

const formsOf = ({ seen }: TestServer): Record<string, string>[] =>
  seen.map((one) => Object.fromEntries(new URLSearchParams(one.body)));

/** Returns `token-1`, …, and new refresh tokens if configured. */
const tokens = (rotate = false): Promise<TestServer> =>
  serve(async (request, response, index) => {
    const audience = new URLSearchParams(request.body).get("target_audience");
    json(response, 200, {
      access_token: `token-${String(index + 1)}`,
      expires_in: 3599,
      ...(audience === null ? {} : { id_token: await idTokenFor(audience) }),
      ...(rotate ? { refresh_token: `refresh-${String(index + 2)}` } : {}),
    });
  });

const refresh = {
  grant_type: "refresh_token",
  client_id: "client-1",
  client_secret: "secret-of-client",
  refresh_token: "refresh-1",
};

describe("the token request", () => {
  it("contains what RFC 6749 §6 requires, and the kind of credentials for metrics", async () => {
    const server = await tokens();
    const auth = AuthorizedUserCredentials.fromJSON(keyFor(server.url));
    expect(await auth.getRequestHeaders()).toEqual({ authorization: "Bearer token-1" });
    await auth.getRequestHeaders();
    expect(formsOf(server)).toEqual([refresh]);
    expect(server.seen[0]?.headers["x-goog-api-client"]).toMatch(/ auth-request-type\/at cred-type\/u$/);
    expect(auth.universeDomain).toBe("googleapis.com");
  });

  it("is sent to Google by default", async () => {
    const server = await tokens();
    const { token_uri: _, ...key } = keyFor("");
    const transport = rerouted({ "https://oauth2.googleapis.com": server.url });
    await AuthorizedUserCredentials.fromJSON(key, { transport }).getRequestHeaders();
    expect(server.seen[0]?.url).toBe("/token");
  });

  it("contains the scopes of the options, but not those of the client", async () => {
    const server = await tokens();
    const api = await serve(statuses(200));
    await clientOf(api.url, { auth: AuthorizedUserCredentials.fromJSON(keyFor(server.url)) }).books.list();
    await AuthorizedUserCredentials.fromJSON(keyFor(server.url), { scopes: ["a", "b"] }).getRequestHeaders();
    expect(formsOf(server)).toEqual([refresh, { ...refresh, scope: "a b" }]);
    expect(api.seen[0]?.headers.authorization).toBe("Bearer token-1");
  });

  it("contains the refresh token that replaced the previous one", async () => {
    const server = await tokens(true);
    const auth = AuthorizedUserCredentials.fromJSON(keyFor(server.url));
    await auth.getRequestHeaders();
    auth.invalidate();
    await auth.getRequestHeaders();
    expect(formsOf(server).map((form) => form["refresh_token"])).toEqual(["refresh-1", "refresh-2"]);
  });

  it("the headers contain the quota project", async () => {
    const { url } = await tokens();
    const auth = AuthorizedUserCredentials.fromJSON(keyFor(url, { quota_project_id: "payer" }));
    expect(await auth.getRequestHeaders()).toMatchObject({ "x-goog-user-project": "payer" });
  });

  it("ID tokens are cached for each audience", async () => {
    const server = await tokens();
    const auth = AuthorizedUserCredentials.fromJSON(keyFor(server.url));
    const first = await auth.getIdToken("https://a.example.com");
    expect(await auth.getIdToken("https://a.example.com")).toBe(first);
    await auth.getIdToken("https://b.example.com");
    expect(formsOf(server).map((form) => form["target_audience"])).toEqual([
      "https://a.example.com",
      "https://b.example.com",
    ]);
  });
});

it.each<[string, number, unknown, Record<string, unknown>, RegExp]>([
  [
    "a revoked sign-in",
    400,
    { error: "invalid_grant", error_description: "Token has been expired or revoked." },
    { code: "REFRESH_TOKEN_REVOKED", reason: "invalid_grant" },
    /run `gcloud auth application-default login`/,
  ],
  [
    "a sign-in that must be confirmed",
    400,
    { error: "invalid_grant", error_description: "reauth related error (invalid_rapt)" },
    { code: "TOKEN_REFUSED", reason: "invalid_grant" },
    /must be confirmed: run/,
  ],
  ["scopes that were not granted", 400, { error: "invalid_scope" }, { reason: "invalid_scope" }, /--scopes/],
  ["a wrong client", 401, { error: "invalid_client" }, { reason: "invalid_client" }, /client_id and client_secret/],
  ["a response without a token", 200, {}, { code: "TOKEN_UNAVAILABLE" }, /contains no access_token/],
])("the error gives advice for %s", async (_name, status, body, expected, message) => {
  const { seen, url } = await serve((_request, response) => json(response, status, body));
  const path = await temporaryFile("adc.json", keyFor(url));
  const auth = await AuthorizedUserCredentials.fromFile(path);
  const error = await failureOf(auth.getRequestHeaders());
  expect(error).toMatchObject(expected);
  expect(error).toMatchObject({ message: expect.stringMatching(message) as unknown });
  expect((error as Error).message.startsWith(`${path}: `)).toBe(true);
  expect(seen).toHaveLength(1);
});

it.each<[string, unknown, string, string]>([
  ["a service account's key", { ...keyFor("https://a"), type: "service_account" }, "KEY_WRONG_TYPE", "/type"],
  ["no refresh token", { ...keyFor("https://a"), refresh_token: "" }, "KEY_FIELD_MISSING", "/refresh_token"],
  ["no client", { ...keyFor("https://a"), client_id: undefined }, "KEY_FIELD_MISSING", "/client_id"],
  ["an endpoint over http", keyFor("http://example.com/token"), "KEY_FIELD_INVALID", "/token_uri"],
])("rejects %s and names the member", (_name, key, code, pointer) => {
  expect(() => AuthorizedUserCredentials.fromJSON(JSON.stringify(key))).toThrow(
    expect.objectContaining({ code, message: expect.stringContaining(`the sign-in#${pointer}: `) as unknown }) as Error,
  );
});
