/** Real google-auth-library clients as `auth`: their types, and what happens after a 401. */
import { generateKeyPairSync } from "node:crypto";
import * as library10 from "google-auth-library-10";
import * as library11 from "google-auth-library-11";
import { describe, expect, expectTypeOf, it } from "vitest";
import { ApiError, AuthError, type ClientOptions, type Credentials } from "../../../runtime/src/index.js";
import { clientOf, failureOf } from "../support/library.js";
import { type Handler, json, serve } from "../support/server.js";

type Auth = NonNullable<ClientOptions["auth"]>;

/** Version 11 requires Node 22, but loads on Node 20 too. */
const libraries = [
  ["10", library10],
  ["11", library11],
] as const;

type Library = typeof library10;

const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const key = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
const hour = 3_600_000;

/** Passes every request of the library to this function. */
type Respond = (url: string) => unknown;

/** Options that make a client of the library call `respond` instead of the network. */
function offline(respond: Respond): { readonly transporterOptions: object } {
  const fetchImplementation = async (url: string | URL): Promise<Response> => Response.json(respond(String(url)));
  return { transporterOptions: { fetchImplementation } };
}

/** Returns `token-1`, `token-2`, … in the format of each endpoint. */
function tokens(): { readonly respond: Respond; readonly count: () => number } {
  let count = 0;
  return {
    count: () => count,
    respond: (url) => {
      const token = `token-${String(++count)}`;
      return url.includes(":generateAccessToken")
        ? { accessToken: token, expireTime: new Date(Date.now() + hour).toISOString() }
        : { access_token: token, expires_in: 3600, token_type: "Bearer", issued_token_type: "x" };
    },
  };
}

/** Clients with a token that the API rejects, and that can request another one. */
const clients: readonly [string, (library: Library, options: object, tokenUrl: string) => Credentials][] = [
  [
    "OAuth2Client with a refresh token and no expiry_date",
    (library, options) => {
      const client = new library.OAuth2Client({ clientId: "c", clientSecret: "s", ...options });
      client.setCredentials({ access_token: "old", refresh_token: "r" });
      return client;
    },
  ],
  [
    "OAuth2Client with a refresh token and an expiry_date in the future",
    (library, options) => {
      const client = new library.OAuth2Client({ clientId: "c", clientSecret: "s", ...options });
      client.setCredentials({ access_token: "old", refresh_token: "r", expiry_date: Date.now() + hour });
      return client;
    },
  ],
  [
    "OAuth2Client with a refreshHandler",
    (library) => {
      const client = new library.OAuth2Client();
      client.setCredentials({ access_token: "old" });
      client.refreshHandler = async () => ({ access_token: "handled", expiry_date: Date.now() + hour });
      return client;
    },
  ],
  ["UserRefreshClient", (library, options) => new library.UserRefreshClient({ refreshToken: "r", ...options })],
  ["JWT", (library, options) => new library.JWT({ email: "a@b.c", key, scopes: ["s"], ...options })],
  [
    "GoogleAuth",
    (library, options) =>
      new library.GoogleAuth({
        credentials: { type: "authorized_user", client_id: "c", client_secret: "s", refresh_token: "r" },
        scopes: ["s"],
        clientOptions: options,
      }),
  ],
  [
    "Impersonated",
    (library, options) => {
      const sourceClient = new library.OAuth2Client({ clientId: "c", ...options });
      sourceClient.setCredentials({ access_token: "source", expiry_date: Date.now() + hour });
      return new library.Impersonated({
        sourceClient,
        targetPrincipal: "a@b.c",
        targetScopes: ["s"],
        delegates: [],
        ...options,
      });
    },
  ],
  [
    "IdentityPoolClient",
    (library, options, tokenUrl) =>
      new library.IdentityPoolClient({
        type: "external_account",
        audience: "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/q",
        subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
        token_url: tokenUrl,
        subject_token_supplier: { getSubjectToken: async () => "subject" },
        ...options,
      }),
  ],
];

/** Rejects the first request with 401. */
const refuseFirst: Handler = (_request, response, index) =>
  index === 0 ? json(response, 401, { error: { code: 401, message: "expired" } }) : json(response, 200, { name: "b" });

describe.each(libraries)("google-auth-library %s", (_, loaded) => {
  // One type for the tests. The types of both versions are compared with ours below.
  const library = loaded as unknown as Library;

  it.each(clients)("%s: a 401 refreshes once and sends again", async (_name, make) => {
    const { seen, url } = await serve(refuseFirst);
    const { respond } = tokens();
    const sts = await serve((request, response) => json(response, 200, respond(request.url)));
    const auth = make(library, offline(respond), sts.url);
    expect(await clientOf(url, { auth }).books.get({ book: "b" })).toEqual({ name: "b" });
    const sent = seen.map(({ headers }) => headers.authorization);
    expect(sent).toHaveLength(2);
    expect(new Set(sent).size).toBe(2);
  });

  it("refreshes once for calls that are rejected at the same time", async () => {
    const { respond, count } = tokens();
    const { url } = await serve(({ headers }, response) =>
      headers.authorization === "Bearer old"
        ? json(response, 401, { error: { code: 401, message: "expired" } })
        : json(response, 200, { name: "b" }),
    );
    const auth = new library.OAuth2Client({ clientId: "c", clientSecret: "s", ...offline(respond) });
    auth.setCredentials({ access_token: "old", refresh_token: "r" });
    const { books } = clientOf(url, { auth });
    await Promise.all(Array.from({ length: 5 }, () => books.get({ book: "b" })));
    expect(count()).toBe(1);
  });

  it("refreshes for the next call if the body cannot be sent again", async () => {
    const { seen, url } = await serve(refuseFirst);
    const auth = new library.OAuth2Client({ clientId: "c", clientSecret: "s", ...offline(tokens().respond) });
    auth.setCredentials({ access_token: "old", refresh_token: "r" });
    const { books } = clientOf(url, { auth });
    async function* stream(): AsyncGenerator<Uint8Array> {
      yield new TextEncoder().encode("abc");
    }
    expect(await failureOf(books.upload({ requestBody: { data: stream() } }))).toMatchObject({ status: 401 });
    await books.get({ book: "b" });
    expect(seen.map(({ headers }) => headers.authorization)).toEqual(["Bearer old", "Bearer token-1"]);
  });

  it("keeps a token that cannot be refreshed, and reports the 401", async () => {
    const { seen, url } = await serve((_request, response) => json(response, 401, { error: { code: 401 } }));
    const auth = new library.OAuth2Client();
    auth.setCredentials({ access_token: "only", expiry_date: Date.now() + hour });
    const error = await failureOf(clientOf(url, { auth }).books.get({ book: "b" }));
    expect(error).toBeInstanceOf(ApiError);
    expect(seen).toHaveLength(1);
    expect(new Headers(await auth.getRequestHeaders()).get("authorization")).toBe("Bearer only");
  });

  it("a failed refresh is an AuthError with the OAuth error as its reason", async () => {
    const token = await serve((_request, response) =>
      json(response, 400, { error: "invalid_grant", error_description: "Token has been expired or revoked." }),
    );
    const { url } = await serve(refuseFirst);
    const auth = new library.OAuth2Client({
      clientId: "c",
      clientSecret: "the-client-secret",
      endpoints: { oauth2TokenUrl: `${token.url}token` },
    });
    auth.setCredentials({ access_token: "old", refresh_token: "the-refresh-token" });
    const error = await failureOf(clientOf(url, { auth }).books.get({ book: "b" }));
    expect(error).toBeInstanceOf(AuthError);
    expect(error).toMatchObject({ code: "CREDENTIALS_FAILED", reason: "invalid_grant" });
    expect(String(error)).toContain("invalid_grant");
    expect(String(error)).toContain("Token has been expired or revoked.");
    expect(String(error)).not.toMatch(/the-(client-secret|refresh-token)/);
  });
});

it.each<[string, unknown, string | undefined]>([
  ["data of a response", { response: { data: { error: "invalid_client" } } }, "invalid_client"],
  ["a status of google.rpc", { response: { data: { error: { status: "PERMISSION_DENIED" } } } }, "PERMISSION_DENIED"],
  ["the message of GoogleToken", { message: "invalid_grant: Bad Request" }, "invalid_grant"],
  ["the message of external clients", { message: "Error code access_denied: no" }, "access_denied"],
  ["only a message", { message: "unauthorized_client" }, "unauthorized_client"],
  ["another message", { message: "No refresh token is set." }, undefined],
  ["text instead of JSON", { response: { data: "<html>" } }, undefined],
])("reads the reason of an error of credentials from %s", async (_, members, reason) => {
  const auth = { getRequestHeaders: () => Promise.reject(Object.assign(new Error("no"), members)) };
  const error = await failureOf(clientOf("http://127.0.0.1:1/", { auth }).books.list());
  expect(error).toBeInstanceOf(AuthError);
  expect(error).toMatchObject({ reason });
});

it("its types are ours", () => {
  expectTypeOf<library10.AuthClient>().toExtend<Auth>();
  expectTypeOf<library10.OAuth2Client>().toExtend<Auth>();
  expectTypeOf<library10.JWT>().toExtend<Auth>();
  expectTypeOf<library10.GoogleAuth>().toExtend<Auth>();
  expectTypeOf<library10.BaseExternalAccountClient>().toExtend<Auth>();
  expectTypeOf<library11.AuthClient>().toExtend<Auth>();
  expectTypeOf<library11.OAuth2Client>().toExtend<Auth>();
  expectTypeOf<library11.JWT>().toExtend<Auth>();
  expectTypeOf<library11.GoogleAuth>().toExtend<Auth>();
  expectTypeOf<library11.BaseExternalAccountClient>().toExtend<Auth>();
});
