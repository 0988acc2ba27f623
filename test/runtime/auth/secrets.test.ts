/** No output or error of credentials contains a secret. */
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import {
  AccessTokenCredentials,
  AnonymousCredentials,
  ApiKeyCredentials,
  AuthorizedUserCredentials,
  type Credentials,
  credentialsFromJSON,
  DownscopedCredentials,
  ExternalAccountAuthorizedUserCredentials,
  ExternalAccountCredentials,
  ImpersonatedCredentials,
  MetadataCredentials,
  ServiceAccountCredentials,
} from "../../../runtime/src/auth.js";
import { keyFor, pkcs8 } from "../support/keys.js";
import { clientOf, failureOf } from "../support/library.js";
import { type TestServer, serve } from "../support/server.js";
import { rerouted } from "../support/authentication.js";

const refreshToken = "refresh-token-of-a-user";
const clientSecret = "secret-of-a-client";
const accessToken = "access-token-of-a-source";
const given = [pkcs8.slice(100, 140), refreshToken, clientSecret, accessToken, "token-that-was-got"];
const address = "robot@example-123.iam.gserviceaccount.com";
const universe = { universeDomain: "googleapis.com" };

const shown = (value: unknown): string =>
  inspect(value, { depth: null, showHidden: true }) + JSON.stringify(value) + String(value);

const kinds: readonly [string, (url: string) => Credentials | Promise<Credentials>][] = [
  ["a service account", (url) => ServiceAccountCredentials.fromJSON(keyFor(url), { scopes: ["a"] })],
  ["a user", (url) => AuthorizedUserCredentials.fromJSON(personFor(url))],
  ["a machine", (url) => new MetadataCredentials({ host: new URL(url).host })],
  [
    "an impersonated account",
    (url) =>
      credentialsFromJSON(
        {
          type: "impersonated_service_account",
          service_account_impersonation_url: `${url}v1/projects/-/serviceAccounts/${address}:generateAccessToken`,
          source_credentials: personFor(url),
        },
        { scopes: ["a"] },
      ),
  ],
  [
    "an account impersonated by a token",
    () =>
      new ImpersonatedCredentials({
        sourceCredentials: new AccessTokenCredentials(accessToken),
        targetPrincipal: address,
      }),
  ],
  ["a token", () => new AccessTokenCredentials(accessToken)],
  ["a key", () => new ApiKeyCredentials(accessToken)],
];

const personFor = (url: string) => ({
  type: "authorized_user",
  client_id: "c",
  client_secret: clientSecret,
  refresh_token: refreshToken,
  token_uri: url,
});

it.each(kinds)("%s", async (_name, make) => {
  const { url } = await serve((_request, response) => {
    response.writeHead(200, { "metadata-flavor": "Google" });
    response.end(JSON.stringify({ access_token: "token-that-was-got", accessToken: "token-that-was-got" }));
  });
  const auth = await make(url);
  await auth.getRequestHeaders().catch(() => undefined); // some kinds fail without scopes, which is not tested here
  for (const secret of given) expect(shown(auth)).not.toContain(secret);
});

it.each([
  ["hidden properties", { showHidden: true }],
  ["getters", { showHidden: true, getters: true }],
  ["no custom inspection", { showHidden: true, customInspect: false }],
] as const)("clients, resources, batches, promises and credentials, with %s", async (_name, options) => {
  const { url } = await serve((_request, response) => void response.end('{"items":[]}'));
  const auth = new AccessTokenCredentials(accessToken);
  const client = clientOf(url, { auth, headers: { "x-goog-api-key": "the-key-of-an-api" } });
  const promise = client.books.list();
  await promise;
  const batch = client.batch();
  const { response } = await promise.withResponse();
  for (const value of [client, client.books, client.withOptions({ timeout: 1 }), batch, promise, response, auth]) {
    const shown = inspect(value, { depth: null, ...options }) + JSON.stringify(value);
    expect(shown).not.toContain(accessToken);
    expect(shown).not.toContain("the-key-of-an-api");
  }
});

/** What each kind prints. */
describe("console.log and JSON.stringify print", () => {
  const shownOf = { scopes: ["a"], quotaProject: "payer" };
  it.each<[string, () => Credentials, object]>([
    [
      "a service account",
      () => ServiceAccountCredentials.fromJSON(keyFor("https://a"), { ...shownOf, subject: "anna@example.com" }),
      { kind: "ServiceAccountCredentials", email: address, subject: "anna@example.com", ...shownOf, ...universe },
    ],
    [
      "a user",
      () => AuthorizedUserCredentials.fromJSON({ ...personFor("https://a"), account: "anna@example.com" } as never),
      { kind: "AuthorizedUserCredentials", email: "anna@example.com", ...universe },
    ],
    ["a machine", () => new MetadataCredentials(shownOf), { kind: "MetadataCredentials", ...shownOf }],
    [
      "an impersonated account",
      () =>
        new ImpersonatedCredentials({
          ...shownOf,
          sourceCredentials: new AccessTokenCredentials(accessToken),
          targetPrincipal: address,
        }),
      { kind: "ImpersonatedCredentials", email: address, ...shownOf },
    ],
    [
      "an external account",
      () =>
        ExternalAccountCredentials.fromJSON(
          {
            type: "external_account",
            audience: "a",
            subject_token_type: "t",
            service_account_impersonation_url: `https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/${address}:generateAccessToken`,
          },
          { ...shownOf, subjectToken: async () => accessToken },
        ),
      { kind: "ExternalAccountCredentials", email: address, ...shownOf, ...universe },
    ],
    [
      "a user of a pool",
      () =>
        ExternalAccountAuthorizedUserCredentials.fromJSON({
          ...personFor("https://a"),
          type: "external_account_authorized_user",
        }),
      { kind: "ExternalAccountAuthorizedUserCredentials", ...universe },
    ],
    [
      "downscoped credentials",
      () =>
        new DownscopedCredentials(new AccessTokenCredentials(accessToken), {
          accessBoundary: { accessBoundaryRules: [{ availableResource: "r", availablePermissions: ["p"] }] },
        }),
      { kind: "DownscopedCredentials" },
    ],
    ["a token", () => new AccessTokenCredentials(accessToken), { kind: "AccessTokenCredentials" }],
    ["a key", () => new ApiKeyCredentials(accessToken), { kind: "ApiKeyCredentials" }],
    ["nothing", () => new AnonymousCredentials(), { kind: "AnonymousCredentials" }],
    [
      "no secret in place of a name",
      () =>
        ServiceAccountCredentials.fromJSON(keyFor("https://a"), {
          scopes: ["ya29.secret"],
          subject: "ya29.secret",
          quotaProject: "ya29.secret",
        }),
      {
        kind: "ServiceAccountCredentials",
        email: address,
        subject: "a text of 11 characters",
        scopes: ["a text of 11 characters"],
        quotaProject: "a text of 11 characters",
        ...universe,
      },
    ],
  ])("%s", (_name, make, expected) => {
    const auth = make();
    expect(JSON.parse(JSON.stringify(auth))).toEqual(expected);
    const { kind, ...rest } = expected as { readonly kind: string };
    expect(inspect(auth)).toBe(`${kind} ${inspect(rest)}`);
    for (const secret of given) expect(shown(auth)).not.toContain(secret);
  });
});

/** A server that rejects each request and returns everything that it received. */
const echo = (status: number): Promise<TestServer> =>
  serve((request, response) => {
    const text = `${request.body} ${decodeURIComponent(request.body)} ${String(request.headers.authorization)}`;
    response.writeHead(status, { "metadata-flavor": "Google", "retry-after": "60" });
    response.end(JSON.stringify({ error: "invalid_grant", error_description: text, message: text }));
  });

it.each(kinds.slice(0, 4).flatMap(([name, make]) => [400, 503].map((status) => [name, status, make] as const)))(
  "shows no secret of %s if a server returns %s with the request",
  async (_name, status, make) => {
    const { seen, url } = await echo(status);
    const auth = await make(url);
    const error = await failureOf(auth.getRequestHeaders());
    const assertion = new URLSearchParams(seen[0]?.body).get("assertion");
    for (const secret of [...given, ...(assertion === null ? [] : assertion.split("."))])
      expect(shown(error)).not.toContain(secret);
  },
);

it("shows no token of an impersonated account if IAM returns it", async () => {
  const { url } = await echo(403);
  const auth = new ImpersonatedCredentials({
    sourceCredentials: new AccessTokenCredentials(accessToken),
    targetPrincipal: address,
    scopes: ["a"],
    transport: rerouted({ "https://iamcredentials.googleapis.com": url }),
  });
  const error = await failureOf(auth.getRequestHeaders());
  expect(error).toMatchObject({ code: "TOKEN_REFUSED", message: expect.stringContaining("[redacted]") as unknown });
  expect(shown(error)).not.toContain(accessToken);
});

it("a refusal of IAM still shows the project that it names", async () => {
  const message = "the API is not enabled in project payer-123";
  const { url } = await serve((_request, response) => {
    response.writeHead(403).end(JSON.stringify({ error: { message, status: "PERMISSION_DENIED" } }));
  });
  const signature = { authorization: `Bearer ${accessToken}`, "x-goog-user-project": "payer-123", "x-empty": "" };
  const auth = new ImpersonatedCredentials({
    sourceCredentials: { getRequestHeaders: async () => signature },
    targetPrincipal: address,
    scopes: ["a"],
    transport: rerouted({ "https://iamcredentials.googleapis.com": url }),
  });
  expect(await failureOf(auth.getRequestHeaders())).toMatchObject({
    reason: "PERMISSION_DENIED",
    message: expect.stringContaining(message) as unknown,
  });
});
