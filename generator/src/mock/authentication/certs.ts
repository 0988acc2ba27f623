/** The public key of the mock, at the paths and in the formats of Google's own keys. */
import type { HttpResponse } from "../google-error.js";
import type { Json, JsonObject } from "../json.js";
import { certificateOf } from "./certificate.js";
import { ACCOUNT_PATH, CERTIFICATES_PATH, type RsaKeys, type ServiceAccountKey } from "./key.js";

/** Returns the responses by path. */
export function createCerts(keys: RsaKeys, key: ServiceAccountKey): ReadonlyMap<string, HttpResponse> {
  const kid = key.private_key_id;
  const certificates: JsonObject = { [kid]: certificateOf(keys, key.client_email) };
  const { e = "", n = "" } = keys.publicKey.export({ format: "jwk" });
  const jwks: JsonObject = { keys: [{ kid, kty: "RSA", alg: "RS256", use: "sig", n, e }] };
  const account = encodeURIComponent(key.client_email);
  const responses: readonly (readonly [path: string, body: Json])[] = [
    [CERTIFICATES_PATH, certificates],
    [ACCOUNT_PATH + account, certificates],
    [ACCOUNT_PATH + key.client_email, certificates],
    [`/service_accounts/v1/metadata/x509/${account}`, certificates],
    [`/service_accounts/v1/metadata/x509/${key.client_email}`, certificates],
    ["/oauth2/v3/certs", jwks],
    [`/service_accounts/v1/jwk/${account}`, jwks],
    [`/service_accounts/v1/jwk/${key.client_email}`, jwks],
    // Verifiers of JWKS ignore other members (RFC 7517, section 5), so one address is enough for both formats.
    ["/certs", { ...jwks, ...certificates }],
  ];
  // The next mock on the same port has another key.
  const headers = { "cache-control": "no-cache" };
  return new Map(responses.map(([path, body]) => [path, { status: 200, body, headers }]));
}
