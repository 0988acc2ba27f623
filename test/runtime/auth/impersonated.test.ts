/** Impersonated service accounts, with an IAM endpoint that checks requests. */
import { describe, expect, it } from "vitest";
import {
  AccessTokenCredentials,
  ImpersonatedCredentials,
  type ImpersonatedOptions,
} from "../../../runtime/src/auth.js";
import type { Credentials, Transport } from "../../../runtime/src/index.js";
import { keyFor, tokenServer, verifyJwt } from "../support/keys.js";
import { clientOf, failureOf } from "../support/library.js";
import { json, serve, statuses } from "../support/server.js";
import { iamServer, rerouted } from "../support/authentication.js";
import { ServiceAccountCredentials } from "../../../runtime/src/auth.js";

const target = "robot@example-123.iam.gserviceaccount.com";
const scopes = ["https://example.com/auth/a"];
const iamOf = (url: string): Transport => rerouted({ "https://iamcredentials.googleapis.com": url });

const optionsFor = (url: string, rest: Partial<ImpersonatedOptions> = {}): ImpersonatedOptions => ({
  sourceCredentials: new AccessTokenCredentials("source-token"),
  targetPrincipal: target,
  scopes,
  transport: iamOf(url),
  ...rest,
});

describe("an access token", () => {
  it.each<[string, Partial<ImpersonatedOptions>, Record<string, unknown>]>([
    ["for an hour", {}, { scope: scopes, lifetime: "3600s" }],
    ["for 90 seconds", { lifetime: 90_000 }, { scope: scopes, lifetime: "90s" }],
    [
      "through delegates",
      { delegates: ["a@example.com", "projects/-/serviceAccounts/b@example.com"] },
      {
        scope: scopes,
        lifetime: "3600s",
        delegates: ["projects/-/serviceAccounts/a@example.com", "projects/-/serviceAccounts/b@example.com"],
      },
    ],
  ])("%s is requested with the source's token", async (_name, rest, body) => {
    const { requests, seen, url } = await iamServer();
    const auth = new ImpersonatedCredentials(optionsFor(url, rest));
    expect(await auth.getRequestHeaders()).toEqual({ authorization: "Bearer impersonated-0" });
    await auth.getRequestHeaders();
    expect(requests).toEqual([
      { account: target, method: "generateAccessToken", authorization: "Bearer source-token", body },
    ]);
    expect(seen[0]?.headers).toMatchObject({
      "content-type": "application/json",
      "x-goog-api-client": expect.stringMatching(/ auth-request-type\/at cred-type\/imp$/) as unknown,
    });
  });

  it("gets the scopes of the client, and its source the scope cloud-platform", async () => {
    const { requests, url } = await iamServer();
    const tokens = await tokenServer();
    const api = await serve(statuses(200));
    const sourceCredentials = ServiceAccountCredentials.fromJSON(keyFor(tokens.url));
    const transport = rerouted({
      "https://iamcredentials.googleapis.com": url,
      [new URL(tokens.url).origin]: tokens.url,
    });
    const auth = new ImpersonatedCredentials({ sourceCredentials, targetPrincipal: target, transport });
    await clientOf(api.url, { auth }).books.list();
    await clientOf(api.url, { auth }).books.list();
    expect(tokens.assertions.map(({ claims }) => claims.scope)).toEqual([
      "https://www.googleapis.com/auth/cloud-platform",
    ]);
    expect(requests.map(({ body }) => body["scope"])).toEqual([
      ["https://example.com/auth/library", "https://example.com/auth/library.readonly"],
    ]);
  });

  it("is requested in the universe of the source", async () => {
    const { requests, url } = await iamServer();
    const sourceCredentials: Credentials = {
      universeDomain: "example.goog",
      getRequestHeaders: async () => ({ Authorization: "Bearer elsewhere" }),
    };
    const transport = rerouted({ "https://iamcredentials.example.goog": url });
    const auth = new ImpersonatedCredentials({ sourceCredentials, targetPrincipal: target, scopes, transport });
    await auth.getRequestHeaders();
    expect(requests[0]?.authorization).toBe("Bearer elsewhere");
    expect(auth.universeDomain).toBe("example.goog");
  });

  it("is requested again if the source's token was revoked", async () => {
    const { requests, url } = await iamServer((request, response) => {
      if (request.headers.authorization === "Bearer token-1")
        json(response, 401, { error: { code: 401, status: "UNAUTHENTICATED", message: "revoked" } });
    });
    const tokens = await tokenServer();
    const sourceCredentials = ServiceAccountCredentials.fromJSON(keyFor(tokens.url), {
      transport: rerouted({ [new URL(tokens.url).origin]: tokens.url }),
    });
    await new ImpersonatedCredentials(optionsFor(url, { sourceCredentials })).getRequestHeaders();
    expect(requests.map(({ authorization }) => authorization)).toEqual(["Bearer token-1", "Bearer token-2"]);
  });

  it.each<[string, number, unknown, Record<string, unknown>, RegExp]>([
    [
      "a source without the role",
      403,
      { error: { code: 403, status: "PERMISSION_DENIED", message: "no permission" } },
      { code: "TOKEN_REFUSED", reason: "PERMISSION_DENIED" },
      /roles\/iam\.serviceAccountTokenCreator/,
    ],
    [
      "an account that does not exist",
      404,
      { error: { code: 404, status: "NOT_FOUND", message: "no account" } },
      { reason: "NOT_FOUND" },
      /Check the address of the account/,
    ],
    ["a source that is always rejected", 401, {}, { code: "TOKEN_REFUSED" }, /status 401/],
    ["a response without a token", 200, { expireTime: "x" }, { code: "TOKEN_UNAVAILABLE" }, /contains no accessToken/],
  ])("the error gives advice for %s", async (_name, status, body, expected, message) => {
    const { url } = await iamServer((_request, response) => json(response, status, body));
    const error = await failureOf(new ImpersonatedCredentials(optionsFor(url)).getRequestHeaders());
    expect(error).toMatchObject({ ...expected, message: expect.stringMatching(message) as unknown });
  });

  it("has the requested lifetime if the response contains no valid time", async () => {
    const { requests, url } = await iamServer((_request, response) =>
      json(response, 200, { accessToken: "t", expireTime: "1999-01-01T00:00:00Z" }),
    );
    const auth = new ImpersonatedCredentials(optionsFor(url));
    await auth.getRequestHeaders();
    await auth.getRequestHeaders();
    expect(requests).toHaveLength(1);
  });
});

describe("a user to act for", () => {
  it("needs no key: IAM signs the assertion", async () => {
    const tokens = await tokenServer();
    const { requests, url } = await iamServer();
    const transport = rerouted({
      "https://iamcredentials.googleapis.com": url,
      "https://oauth2.googleapis.com": tokens.url,
    });
    const before = Math.floor(Date.now() / 1000);
    const auth = new ImpersonatedCredentials(optionsFor(url, { subject: "user@example.com", transport }));
    expect(await auth.getRequestHeaders()).toEqual({ authorization: "Bearer token-1" });
    expect(requests.map(({ method }) => method)).toEqual(["signJwt"]);
    const { iat = 0, exp = 0, ...claims } = tokens.assertions[0]?.claims ?? {};
    expect(claims).toEqual({
      iss: target,
      sub: "user@example.com",
      scope: scopes[0],
      aud: "https://oauth2.googleapis.com/token",
    });
    expect(exp - iat).toBe(3600);
    expect(iat).toBeLessThanOrEqual(before);
    expect(tokens.seen[0]?.url).toBe("/token");
  });

  it("can be changed with withSubject()", async () => {
    const tokens = await tokenServer();
    const { url } = await iamServer();
    const transport = rerouted({
      "https://iamcredentials.googleapis.com": url,
      "https://oauth2.googleapis.com": tokens.url,
    });
    const auth = new ImpersonatedCredentials(optionsFor(url, { transport }));
    for (const subject of ["a@example.com", "b@example.com", "a@example.com", undefined])
      await auth.withSubject(subject).getRequestHeaders();
    expect(tokens.assertions.map(({ claims }) => claims.sub)).toEqual(["a@example.com", "b@example.com"]);
  });
});

it("ID tokens contain the audience", async () => {
  const { requests, url } = await iamServer();
  const auth = new ImpersonatedCredentials(optionsFor(url));
  const { claims } = await verifyJwt(await auth.getIdToken("https://a.example.com"));
  await auth.withScopes(["other"]).getIdToken("https://a.example.com");
  expect(claims.aud).toBe("https://a.example.com");
  expect(requests.map(({ body, method }) => [method, body])).toEqual([
    ["generateIdToken", { audience: "https://a.example.com", includeEmail: true }],
  ]);
});

it("without scopes no request is sent", async () => {
  const { requests, url } = await iamServer();
  const auth = new ImpersonatedCredentials(optionsFor(url, { scopes: undefined }));
  expect(await failureOf(auth.getRequestHeaders())).toMatchObject({ code: "NO_SCOPES" });
  expect(requests).toEqual([]);
});

it.each<[string, Partial<ImpersonatedOptions>]>([
  ["sourceCredentials", { sourceCredentials: undefined as unknown as Credentials }],
  ["targetPrincipal", { targetPrincipal: "" }],
  ["targetPrincipal", { targetPrincipal: "a@b/../c" }],
  ["delegates", { delegates: [""] }],
  ["lifetime", { lifetime: 500 }],
  ["lifetime", { lifetime: Number.NaN }],
  ["lifetime", { lifetime: 43_200_001 }],
  ["subject", { subject: "a b" }],
  ["quotaProject", { quotaProject: "a\nb" }],
])("%s is validated: %o", (parameter, rest) => {
  expect(() => new ImpersonatedCredentials(optionsFor("http://127.0.0.1:1/", rest))).toThrow(
    expect.objectContaining({ code: "INVALID_OPTION", faults: [expect.objectContaining({ parameter })] }) as Error,
  );
});
