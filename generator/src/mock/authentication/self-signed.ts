/**
 * Verifies a JWT that a service account signs and sends in place of an access token (AIP-4111).
 *
 * It names either the API (`aud`), which permits every method of that API, or scopes, which are checked by method.
 */
import { type KeyObject, verify } from "node:crypto";
import type { ApiIndex } from "../api-index.js";
import { isObject, type JsonObject, own, ownString, parseJson } from "../json.js";
import type { ServiceAccountKey } from "./key.js";
import { scopesIn } from "./scopes.js";
import { timeProblem } from "./times.js";
import type { FoundGrant } from "./tokens.js";

export interface SelfSignedRules {
  /** Key of the only account that can sign. */
  readonly key: ServiceAccountKey;
  readonly publicKey: KeyObject;
  /** Base URL of the mock. */
  readonly url: string;
  /** Clock, in milliseconds since 1970. */
  readonly now: () => number;
}

/** Returns the grant of a self-signed JWT for calls of this API. Any other token is unknown. */
export function verifySelfSigned(token: string, { model }: ApiIndex, rules: SelfSignedRules): FoundGrant {
  const claims = verifiedClaims(token, rules);
  const email = rules.key.client_email;
  if (claims === undefined || own(claims, "iss") !== email || own(claims, "sub") !== email) return "unknown";
  const problem = timeProblem(claims, rules.now() / 1000);
  if (problem !== undefined) return problem === "expired" ? "expired" : "unknown";

  const scopes = scopesIn(ownString(claims, "scope"));
  // Go's client sends an empty audience with scopes.
  const audience = own(claims, "aud") ?? "";
  if (audience === "") return scopes.length === 0 ? "unknown" : { subject: email, scopes: new Set(scopes) };
  if (typeof audience !== "string" || !isAudience(audience, model, rules)) return "unknown";
  return { subject: email, scopes: scopes.length === 0 ? "all" : new Set(scopes) };
}

function verifiedClaims(token: string, { key, publicKey }: SelfSignedRules): JsonObject | undefined {
  const [head = "", payload = "", signature = "", ...more] = token.split(".");
  const header = decoded(head);
  if (header === undefined || more.length > 0 || own(header, "alg") !== "RS256") return undefined;
  // `kid` is optional: Google finds the key by the account.
  if ((own(header, "kid") ?? key.private_key_id) !== key.private_key_id) return undefined;
  const isSigned = verify("sha256", Buffer.from(`${head}.${payload}`), publicKey, Buffer.from(signature, "base64url"));
  return isSigned ? decoded(payload) : undefined;
}

function decoded(part: string): JsonObject | undefined {
  const value = parseJson(Buffer.from(part, "base64url").toString("utf8"));
  return isObject(value) ? value : undefined;
}

/** Returns true for a URL of the API, at Google or at the mock. Clients differ in the path and the slash at its end. */
function isAudience(
  audience: string,
  { name, rootUrl }: ApiIndex["model"],
  { url, key: { token_uri: tokenUrl } }: SelfSignedRules,
): boolean {
  if (!URL.canParse(audience) || audience === tokenUrl) return false;
  const { protocol, hostname, port } = new URL(audience);
  const own = new URL(url);
  const isLocal = hostname === "localhost" || hostname === own.hostname;
  if (isLocal && protocol === own.protocol && port === own.port) return true;
  if (protocol !== "https:") return false;
  const hosts = [new URL(rootUrl).hostname, `${name}.googleapis.com`];
  // Regional endpoints: `us-central1-aiplatform.googleapis.com`, `aiplatform.us-central1.rep.googleapis.com`.
  const isRegional =
    hostname.endsWith(`-${name}.googleapis.com`) ||
    (hostname.startsWith(`${name}.`) && hostname.endsWith(".rep.googleapis.com"));
  return hosts.includes(hostname) || isRegional;
}
