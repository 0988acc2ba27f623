/** Authorization of calls: bearer tokens, scopes, and the errors of Google's APIs. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Mock, startMock } from "../../../generator/src/mock/index.js";
import { ADMIN, responseOf, INSTANCES, library, LIBRARY, mockFor, authorized, sqladmin, tokenFor } from "./support.js";

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

describe("a method without scopes", () => {
  it("needs no token, but rejects an invalid one", async () => {
    expect(await get("hours", {})).toMatchObject({ status: 200 });
    expect(await get("hours", { authorization: "Bearer unknown" })).toMatchObject({ status: 401 });
  });
});
