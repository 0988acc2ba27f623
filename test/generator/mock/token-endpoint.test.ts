/** The mock's token endpoint: which assertions it accepts and rejects, with Google's messages. */
import { createPrivateKey, generateKeyPairSync, X509Certificate } from "node:crypto";
import { createRemoteJWKSet, jwtVerify } from "jose";
import { OAuth2Client } from "google-auth-library-10";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Mock, startMock } from "../../../generator/src/mock/index.js";
import {
  ADMIN,
  CLOUD,
  exchange,
  JWT_BEARER,
  library,
  LIBRARY,
  object,
  responseOf,
  seconds,
  sign,
  type Signing,
  sqladmin,
} from "./support.js";

let mock: Mock;
beforeAll(async () => {
  mock = await startMock({ models: [sqladmin, library] });
});
afterAll(() => mock.close());

const otherKey = (): string =>
  generateKeyPairSync("rsa", {
    modulusLength: 2048,
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  }).privateKey;

const audience = (target: unknown): Signing => ({ claims: { scope: undefined, target_audience: target } });

const signedForm = async (signing?: Signing) => ({ grant_type: JWT_BEARER, assertion: await sign(mock, signing) });

describe("the key of a mock", () => {
  it("has the format of Google's key files and names the mock's token endpoint", () => {
    expect(mock.key).toMatchObject({
      type: "service_account",
      project_id: "example-123",
      private_key_id: expect.stringMatching(/^[0-9a-f]{40}$/),
      private_key: expect.stringMatching(/^-----BEGIN PRIVATE KEY-----\n/),
      client_email: expect.stringMatching(/@example-123\.iam\.gserviceaccount\.com$/),
      client_id: expect.stringMatching(/^\d{21}$/),
      token_uri: mock.tokenUrl,
      universe_domain: "googleapis.com",
    });
    expect(mock.tokenUrl).toBe(`${mock.url}token`);
  });
});

describe("a valid assertion", () => {
  it.each<[what: string, signing: () => Signing]>([
    ["for Google's own token URL", () => ({})],
    ["for the mock's token URL", () => ({ claims: { aud: mock.tokenUrl } })],
    ["for Google's token URL of version 4", () => ({ claims: { aud: "https://www.googleapis.com/oauth2/v4/token" } })],
    ["for several scopes", () => ({ claims: { scope: `${ADMIN} ${CLOUD}` } })],
    ["without a key id", () => ({ header: { alg: "RS256" } })],
    ["on behalf of a user", () => ({ claims: { sub: "ada@example.com" } })],
  ])("gets a token: %s", async (_what, signing) => {
    const { status, body, headers } = await exchange(mock, await signedForm(signing()));
    expect({ status, body }).toEqual({
      status: 200,
      body: { access_token: expect.stringMatching(/^[\w-]{40,}$/), expires_in: 3599, token_type: "Bearer" },
    });
    expect(headers.get("cache-control")).toBe("no-store");
  });

  it("gets a token if it names the mock as the client does", async () => {
    const url = mock.tokenUrl.replace("127.0.0.1", "localhost");
    const body = new URLSearchParams(await signedForm({ claims: { aud: url } }));
    expect((await fetch(url, { method: "POST", body })).status).toBe(200);
    expect((await fetch(mock.tokenUrl, { method: "POST", body })).status).toBe(400);
  });

  it("gets a new token each time", async () => {
    const form = await signedForm();
    const [first, second] = await Promise.all([exchange(mock, form), exchange(mock, form)]);
    expect(first.body).not.toEqual(second.body);
  });
});

describe("a scope", () => {
  it.each([
    ["of an API that is not loaded", "https://www.googleapis.com/auth/drive.readonly"],
    ["with a path", "https://www.googleapis.com/auth/admin.directory.user/x"],
    ["of Gmail", "https://mail.google.com/"],
    ["of the first Calendar API", "https://www.google.com/calendar/feeds"],
    ["of a document", LIBRARY],
    ["of OpenID Connect", "openid email profile"],
    [
      "of gcloud",
      "openid https://www.googleapis.com/auth/userinfo.email https://www.googleapis.com/auth/cloud-platform " +
        "https://www.googleapis.com/auth/appengine.admin https://www.googleapis.com/auth/sqlservice.login " +
        "https://www.googleapis.com/auth/compute https://www.googleapis.com/auth/accounts.reauth",
    ],
  ])("is granted: %s", async (_what, scope) => {
    expect(await exchange(mock, await signedForm({ claims: { scope } }))).toMatchObject({ status: 200 });
  });

  it.each([
    ["a word", "drive"],
    ["no name", "https://www.googleapis.com/auth/"],
    ["another scheme", "http://www.googleapis.com/auth/drive"],
    ["another host", "https://www.googleapis.com.example.com/auth/drive"],
    ["a query", "https://www.googleapis.com/auth/drive?a=b"],
    ["commas", `${ADMIN},${CLOUD}`],
    ["an empty segment", "https://www.googleapis.com/auth//drive"],
  ])("is invalid: %s", async (_what, scope) => {
    expect(await exchange(mock, await signedForm({ claims: { scope } }))).toMatchObject({
      status: 400,
      body: { error: "invalid_scope" },
    });
  });
});

describe("an assertion with target_audience", () => {
  it.each(["oauth2/v3/certs", "certs"])("gets an ID token that the keys at /%s verify", async (path) => {
    const target = "https://service.example.com/a b";
    // google-auth-library for Node also sends its scopes.
    const { status, body } = await exchange(mock, await signedForm({ claims: { target_audience: target } }));
    expect({ status, body }).toEqual({ status: 200, body: { id_token: expect.any(String) } });
    const { payload } = await jwtVerify(String(object(body)["id_token"]), createRemoteJWKSet(new URL(path, mock.url)), {
      issuer: "https://accounts.google.com",
      audience: target,
    });
    expect(payload).toMatchObject({
      azp: mock.key.client_email,
      email: mock.key.client_email,
      email_verified: true,
      sub: mock.key.client_id,
    });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(3600);
  });

  it("gets an ID token that Google's library verifies with the certificates that the key file names", async () => {
    const form = await signedForm({ claims: { target_audience: "a" } });
    const idToken = String(object((await exchange(mock, form)).body)["id_token"]);
    const endpoints = { oauth2FederatedSignonPemCertsUrl: mock.key.auth_provider_x509_cert_url };
    const verifier = new OAuth2Client({ endpoints });
    const ticket = await verifier.verifyIdToken({ idToken, audience: "a" });
    expect(ticket.getPayload()).toMatchObject({ email: mock.key.client_email });
    await expect(verifier.verifyIdToken({ idToken, audience: "b" })).rejects.toThrow("Wrong recipient");
  });
});

describe("the certificate", () => {
  it.each(["auth_provider_x509_cert_url", "client_x509_cert_url"] as const)(
    "at the %s of the key file is signed by the key",
    async (name) => {
      const { headers, body } = await responseOf(await fetch(mock.key[name]));
      expect(headers.get("cache-control")).toBe("no-cache");
      const certificate = new X509Certificate(String(object(body)[mock.key.private_key_id]));
      expect(certificate.subject).toBe(`CN=${mock.key.client_email}`);
      expect(certificate.checkPrivateKey(createPrivateKey(mock.key.private_key))).toBe(true);
      expect(certificate.verify(certificate.publicKey)).toBe(true);
      expect(Date.parse(certificate.validFrom)).toBeLessThan(Date.now());
      expect(Date.parse(certificate.validTo)).toBeGreaterThan(Date.now());
    },
  );

  it("is for reading only", async () => {
    expect((await fetch(`${mock.url}certs`, { method: "POST" })).status).toBe(404);
  });
});

describe("an assertion that Google would reject", () => {
  const times = "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe";
  it.each<[what: string, signing: () => Signing, error: string, description: string]>([
    ["signed by another key", () => ({ privateKey: otherKey() }), "invalid_grant", "Invalid JWT Signature."],
    ["with an unknown kid", () => ({ header: { alg: "RS256", kid: "0" } }), "invalid_grant", "Invalid JWT Signature."],
    ["with another algorithm", () => ({ header: { alg: "RS512" } }), "invalid_grant", "Invalid JWT Signature."],
    ["of an unknown account", () => ({ claims: { iss: "eve@example.com" } }), "invalid_grant", "account not found"],
    ["without an account", () => ({ claims: { iss: undefined } }), "invalid_grant", "account not found"],
    [
      "for another audience",
      () => ({ claims: { aud: "https://example.com/" } }),
      "invalid_grant",
      "Failed audience check",
    ],
    ["without an audience", () => ({ claims: { aud: undefined } }), "invalid_grant", "Failed audience check"],
    ["expired", () => ({ claims: { iat: seconds() - 3700, exp: seconds() - 100 } }), "invalid_grant", times],
    [
      "issued in the future",
      () => ({ claims: { iat: seconds() + 600, exp: seconds() + 900 } }),
      "invalid_grant",
      times,
    ],
    ["with a long lifetime", () => ({ claims: { exp: seconds() + 3700 } }), "invalid_grant", times],
    [
      "that ends before it begins",
      () => ({ claims: { iat: seconds() + 4, exp: seconds() + 3 } }),
      "invalid_grant",
      times,
    ],
    ["without exp", () => ({ claims: { exp: undefined } }), "invalid_grant", times],
    ["without iat", () => ({ claims: { iat: undefined } }), "invalid_grant", times],
    ["with an empty sub", () => ({ claims: { sub: "" } }), "invalid_grant", "bad sub"],
    ["without scope", () => ({ claims: { scope: undefined } }), "invalid_scope", "Empty or missing scope"],
    ["with a blank scope", () => ({ claims: { scope: "  " } }), "invalid_scope", "Empty or missing scope"],
    [
      "with an unknown scope",
      () => ({ claims: { scope: `${ADMIN} https://x/y` } }),
      "invalid_scope",
      "Invalid OAuth scope or ID token audience provided. [https://x/y]",
    ],
    ["with an empty target_audience", () => audience(""), "invalid_scope", "ID token audience"],
    ["with an array as target_audience", () => audience(["a"]), "invalid_scope", "ID token audience"],
  ])("is refused: %s", async (_what, signing, error, description) => {
    expect(await exchange(mock, await signedForm(signing()))).toMatchObject({
      status: 400,
      body: { error, error_description: expect.stringContaining(description) },
    });
  });

  it.each([
    ["not a JWT", "abc"],
    ["a JWT without signature", "eyJhbGciOiJub25lIn0.eyJpc3MiOiJ4In0."],
    ["an array as claims", "eyJhbGciOiJSUzI1NiJ9.W10.AA"],
  ])("is refused: %s", async (_what, assertion) => {
    expect(await exchange(mock, { grant_type: JWT_BEARER, assertion })).toMatchObject({
      status: 400,
      body: { error: "invalid_grant", error_description: expect.any(String) },
    });
  });

  it("is rejected if one bit of its signature changed", async () => {
    const { assertion } = await signedForm();
    const at = assertion.length - 20;
    const changed = assertion.slice(0, at) + (assertion[at] === "A" ? "B" : "A") + assertion.slice(at + 1);
    expect(await exchange(mock, { grant_type: JWT_BEARER, assertion: changed })).toMatchObject({
      body: { error: "invalid_grant", error_description: "Invalid JWT Signature." },
    });
  });
});

describe("a token request that is malformed", () => {
  it.each<[what: string, form: Record<string, string>, error: string]>([
    ["another grant type", { grant_type: "refresh_token", refresh_token: "x" }, "unsupported_grant_type"],
    ["no grant type", { assertion: "x" }, "unsupported_grant_type"],
    ["no assertion", { grant_type: JWT_BEARER }, "invalid_request"],
    ["an empty assertion", { grant_type: JWT_BEARER, assertion: "" }, "invalid_request"],
  ])("gets 400: %s", async (_what, form, error) => {
    expect(await exchange(mock, form)).toMatchObject({ status: 400, body: { error } });
  });

  it("gets 400: a body that is not a form", async () => {
    const body = JSON.stringify(await signedForm());
    const response = await fetch(mock.tokenUrl, {
      method: "POST",
      body,
      headers: { "content-type": "application/json" },
    });
    expect({ status: response.status, body: await response.json() }).toMatchObject({
      status: 400,
      body: { error: "invalid_request" },
    });
  });

  it("gets 404: a method other than POST", async () => {
    const response = await fetch(mock.tokenUrl);
    expect(response.status).toBe(404);
  });
});
