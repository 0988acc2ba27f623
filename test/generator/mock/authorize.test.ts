/** Authorization of calls: bearer tokens, scopes, and the errors of Google's APIs. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Mock, startMock } from "../../../generator/src/mock/index.js";
import { JWT as ClientOfVersion10 } from "google-auth-library-10";
import { JWT as ClientOfVersion11 } from "google-auth-library-11";
import {
  ADMIN,
  responseOf,
  INSTANCES,
  library,
  LIBRARY,
  mockFor,
  authorized,
  seconds,
  sign,
  sqladmin,
  tokenFor,
} from "./support.js";

let mock: Mock;
beforeAll(async () => {
  mock = await startMock({ models: [sqladmin, library] });
});
afterAll(() => mock.close());

const get = async (path: string, headers: Record<string, string>, at: Mock = mock) =>
  responseOf(await fetch(at.url + path, { headers }));

describe("a call without a valid token", () => {
  it.each<[what: string, headers: Record<string, string>, reason: string, info: string, challenge: string]>([
    ["no header", {}, "required", "CREDENTIALS_MISSING", "Bearer realm="],
    [
      "an unknown token",
      { authorization: "Bearer unknown" },
      "authError",
      "ACCESS_TOKEN_TYPE_UNSUPPORTED",
      "invalid_token",
    ],
    ["another scheme", { authorization: "Basic bm8=" }, "authError", "ACCESS_TOKEN_TYPE_UNSUPPORTED", "invalid_token"],
    [
      "an empty bearer token",
      { authorization: "Bearer " },
      "authError",
      "ACCESS_TOKEN_TYPE_UNSUPPORTED",
      "invalid_token",
    ],
  ])("gets a 401: %s", async (_what, headers, reason, info, challenge) => {
    const response = await get(INSTANCES, headers);
    expect(response).toMatchObject({
      status: 401,
      body: {
        error: {
          code: 401,
          status: "UNAUTHENTICATED",
          message: expect.any(String),
          errors: [{ reason, domain: "global", location: "Authorization", locationType: "header" }],
          details: [{ "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason: info }],
        },
      },
    });
    expect(response.headers.get("www-authenticate")).toContain(challenge);
    expect(response.headers.get("content-type")).toBe("application/json; charset=UTF-8");
  });

  it("gets a 401 once the token has expired", async () => {
    let now = Date.now();
    const aging = await mockFor({ now: () => now });
    const headers = { authorization: `Bearer ${await tokenFor(aging)}` };
    expect(await get(INSTANCES, headers, aging)).toMatchObject({ status: 200 });
    now += 3_600_000;
    expect(await get(INSTANCES, headers, aging)).toMatchObject({
      status: 401,
      body: { error: { details: [{ reason: "ACCESS_TOKEN_EXPIRED" }] } },
    });
  });

  it("gets a 401 after the tokens were revoked, then succeeds with a new token", async () => {
    const own = await mockFor();
    const headers = { authorization: `Bearer ${await tokenFor(own)}` };
    own.revokeTokens();
    expect(await get(INSTANCES, headers, own)).toMatchObject({ status: 401 });
    expect(await get(INSTANCES, { authorization: `Bearer ${await tokenFor(own)}` }, own)).toMatchObject({
      status: 200,
    });
  });

  it("gets a 401 with the token of another mock", async () => {
    const other = await mockFor();
    expect(await get(INSTANCES, { authorization: `Bearer ${await tokenFor(other)}` })).toMatchObject({ status: 401 });
  });
});

describe("a call with a token", () => {
  it.each([
    ["Bearer", ADMIN],
    ["bearer", ADMIN],
    ["Bearer", `${LIBRARY} ${ADMIN}`],
  ])("succeeds: %s, scope %s", async (scheme, scope) => {
    expect(await get(INSTANCES, { authorization: `${scheme} ${await tokenFor(mock, { scope })}` })).toMatchObject({
      status: 200,
    });
  });

  it("gets a 403 with the reason if its scopes are not sufficient", async () => {
    const response = await get(INSTANCES, { authorization: `Bearer ${await tokenFor(mock, { scope: LIBRARY })}` });
    expect(response).toMatchObject({
      status: 403,
      body: {
        error: {
          code: 403,
          status: "PERMISSION_DENIED",
          errors: [{ reason: "insufficientPermissions" }],
          details: [
            {
              reason: "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
              domain: "googleapis.com",
              metadata: { service: "sqladmin.googleapis.com", method: "sql.instances.list" },
            },
          ],
        },
      },
    });
    expect(response.headers.get("www-authenticate")).toContain('error="insufficient_scope"');
  });

  it("acts for the user in the assertion's sub claim", async () => {
    const call = await authorized(mock, { sub: "ada@example.com" });
    await call("POST", INSTANCES, { instance: "ada", project: "example-123", settings: { tier: "D1" } });
    expect(await call("GET", `${INSTANCES}/ada/operations`)).toMatchObject({
      body: { items: [{ userEmailAddress: "ada@example.com" }] },
    });
  });
});

describe("a JWT that the service account signs itself", () => {
  const selfSigned = (claims: object) => {
    const email = mock.key.client_email;
    return sign(mock, { claims: { iss: email, sub: email, aud: undefined, scope: undefined, ...claims } });
  };
  const bearer = async (claims: object) => ({ authorization: `Bearer ${await selfSigned(claims)}` });

  it.each<[what: string, claims: () => object]>([
    ["for the host of the API", () => ({ aud: "https://sqladmin.googleapis.com/" })],
    ["for a host without a slash", () => ({ aud: "https://sqladmin.googleapis.com" })],
    ["for a service of the API", () => ({ aud: "https://sqladmin.googleapis.com/google.cloud.sql.v1.Instances" })],
    ["for the root URL in the document", () => ({ aud: sqladmin.rootUrl })],
    ["for a regional endpoint", () => ({ aud: "https://us-central1-sqladmin.googleapis.com/" })],
    ["for the mock", () => ({ aud: mock.url })],
    ["for a method of the mock", () => ({ aud: mock.url + INSTANCES })],
    ["for localhost", () => ({ aud: mock.url.replace("127.0.0.1", "localhost") })],
    ["for scopes", () => ({ scope: `openid ${ADMIN}` })],
    ["for scopes, with an empty audience", () => ({ scope: ADMIN, aud: "" })],
    ["for an audience and scopes", () => ({ aud: "https://sqladmin.googleapis.com/", scope: ADMIN })],
  ])("is accepted: %s", async (_what, claims) => {
    expect(await get(INSTANCES, await bearer(claims()))).toMatchObject({ status: 200 });
  });

  it.each<[what: string, claims: () => object, info?: string]>([
    ["for another API", () => ({ aud: "https://library.googleapis.com/" })],
    ["for another host", () => ({ aud: "https://sqladmin.googleapis.com.example.com/" })],
    ["for plain HTTP", () => ({ aud: "http://sqladmin.googleapis.com/" })],
    ["for the token endpoint", () => ({ aud: mock.tokenUrl, scope: ADMIN })],
    ["for Google's token endpoint", () => ({ aud: "https://oauth2.googleapis.com/token", scope: ADMIN })],
    ["for a port that is not the mock's", () => ({ aud: "http://127.0.0.1:1/" })],
    ["for an array", () => ({ aud: ["https://sqladmin.googleapis.com/"] })],
    ["for nothing", () => ({})],
    ["for empty scopes", () => ({ scope: " " })],
    ["for an empty audience", () => ({ aud: "" })],
    ["of another account", () => ({ iss: "eve@example.com", scope: ADMIN })],
    ["for another user", () => ({ sub: "ada@example.com", scope: ADMIN })],
    ["without sub", () => ({ sub: undefined, scope: ADMIN })],
    ["with a long lifetime", () => ({ scope: ADMIN, exp: seconds() + 3700 })],
    ["without exp", () => ({ scope: ADMIN, exp: undefined })],
    ["issued in the future", () => ({ scope: ADMIN, iat: seconds() + 600, exp: seconds() + 900 })],
    ["that is expired", () => ({ scope: ADMIN, iat: seconds() - 60, exp: seconds() - 1 }), "ACCESS_TOKEN_EXPIRED"],
  ])("gets a 401: %s", async (_what, claims, info = "ACCESS_TOKEN_TYPE_UNSUPPORTED") => {
    expect(await get(INSTANCES, await bearer(claims()))).toMatchObject({
      status: 401,
      body: { error: { details: [{ reason: info }] } },
    });
  });

  it.each<[what: string, header: { readonly alg: string; readonly kid?: string }]>([
    ["with an unknown kid", { alg: "RS256", kid: "0" }],
    ["with another algorithm", { alg: "RS512" }],
  ])("gets a 401: %s", async (_what, header) => {
    const email = mock.key.client_email;
    const token = await sign(mock, { header, claims: { iss: email, sub: email, aud: undefined } });
    expect(await get(INSTANCES, { authorization: `Bearer ${token}` })).toMatchObject({ status: 401 });
  });

  it("gets a 401 if one bit of its signature changed", async () => {
    const token = await selfSigned({ scope: ADMIN });
    const at = token.length - 20;
    const changed = token.slice(0, at) + (token[at] === "A" ? "B" : "A") + token.slice(at + 1);
    expect(await get(INSTANCES, { authorization: `Bearer ${changed}` })).toMatchObject({ status: 401 });
  });

  it("gets a 403 if its scopes are not sufficient", async () => {
    expect(await get(INSTANCES, await bearer({ scope: LIBRARY }))).toMatchObject({
      status: 403,
      body: { error: { details: [{ reason: "ACCESS_TOKEN_SCOPE_INSUFFICIENT" }] } },
    });
  });

  it.each([
    ["10", ClientOfVersion10],
    ["11", ClientOfVersion11],
  ] as const)("is accepted from google-auth-library %s", async (_version, Client) => {
    const { client_email: email, private_key: key, private_key_id: keyId } = mock.key;
    const byAudience = new Client({ email, key, keyId });
    const byScope = new Client({ email, key, keyId, scopes: [ADMIN] });
    byScope.useJWTAccessWithScope = true;
    for (const client of [byAudience, byScope]) {
      const headers = await client.getRequestHeaders(mock.url + INSTANCES);
      expect(await get(INSTANCES, { authorization: headers.get("authorization") ?? "" })).toMatchObject({
        status: 200,
      });
    }
  });
});

describe("a token in the query", () => {
  it.each(["access_token", "oauth_token"])("is accepted: %s", async (name) => {
    expect(await get(`${INSTANCES}?${name}=${await tokenFor(mock)}`, {})).toMatchObject({ status: 200 });
    expect(await get(`${INSTANCES}?${name}=unknown`, {})).toMatchObject({ status: 401 });
  });
});

describe("an open mock", () => {
  it.each<[what: string, query: string, headers: () => Promise<Record<string, string>>]>([
    ["no token", "", async () => ({})],
    ["an API key", "?key=abc", async () => ({})],
    ["an unknown token", "", async () => ({ authorization: "Bearer owner" })],
    ["another scheme", "", async () => ({ authorization: "Basic bm8=" })],
    ["a token without the scopes of the method", "", async () => ({ authorization: `Bearer ${await tokenFor(mock)}` })],
  ])("accepts a call with %s", async (_what, query, headers) => {
    const open = await mockFor({ open: true });
    expect(await get(INSTANCES + query, await headers(), open)).toMatchObject({ status: 200 });
    expect(await get(`library/v1/reviews`, await headers(), open)).toMatchObject({ status: 200 });
  });

  it("still issues tokens, and names their account", async () => {
    const call = await authorized(await mockFor({ open: true }), { sub: "ada@example.com" });
    await call("POST", INSTANCES, { instance: "ada", project: "example-123", settings: { tier: "D1" } });
    expect(await call("GET", `${INSTANCES}/ada/operations`)).toMatchObject({
      body: { items: [{ userEmailAddress: "ada@example.com" }] },
    });
  });
});

describe("a method without scopes", () => {
  it("needs no token, but rejects an invalid one", async () => {
    expect(await get("hours", {})).toMatchObject({ status: 200 });
    expect(await get("hours", { authorization: "Bearer unknown" })).toMatchObject({ status: 401 });
  });
});
