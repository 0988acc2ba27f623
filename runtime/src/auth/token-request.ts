/** Asks a token endpoint, which takes a form and answers with JSON (RFC 6749 §4 and §5.1, RFC 8693). */
import {
  callEndpoint,
  type EndpointRequest,
  isToken,
  type Network,
  malformedResponse,
  readMembers,
} from "./endpoint.js";
import type { JsonObject } from "./credential-file.js";

/** Where to ask, and for what. */
export interface TokenEndpointRequest extends Pick<
  EndpointRequest,
  "account" | "headers" | "hint" | "metrics" | "url"
> {
  readonly form: { readonly [name: string]: string };
}

/** A token, and how long it holds. */
export interface IssuedToken {
  readonly token: string;
  /** In milliseconds. */
  readonly lifetime: number;
}

/** What is assumed where the endpoint does not say: RFC 6749 §5.1 only recommends `expires_in`; Google's hold this long. */
const usualLifetime: number = 3600 * 1000;

/** @throws AuthError `TOKEN_REFUSED` or `TOKEN_UNAVAILABLE` */
export async function requestToken(network: Network, target: TokenEndpointRequest): Promise<IssuedToken> {
  return readAccessToken(target, await requestForm(network, target));
}

/** The same for an id token, as the `id_token` of the answer. */
export async function requestIdToken(network: Network, target: TokenEndpointRequest): Promise<IssuedToken> {
  const { id_token: token } = await requestForm(network, target);
  if (!isToken(token)) throw malformedResponse(target, "holds no id_token");
  return { token, lifetime: idTokenLifetime(token, Date.now()) };
}

/** What a token endpoint answers, all of it. */
export async function requestForm(
  network: Network,
  { form, headers, ...target }: TokenEndpointRequest,
): Promise<JsonObject> {
  const request: EndpointRequest = {
    ...target,
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
    body: new URLSearchParams(form).toString(),
    secrets: secretsOf(form),
  };
  return readMembers(request, (await callEndpoint(network, request)).text);
}

/** The `access_token` and `expires_in` of an answer. */
export function readAccessToken(
  target: Pick<EndpointRequest, "account" | "url">,
  { access_token: token, expires_in: seconds }: JsonObject,
): IssuedToken {
  if (!isToken(token)) throw malformedResponse(target, "holds no access_token");
  const lifetime = Number(seconds ?? Number.NaN) * 1000;
  return { token, lifetime: lifetime > 0 && Number.isFinite(lifetime) ? lifetime : usualLifetime };
}

/** How long an id token still holds, in milliseconds. It may have been given out before. */
export function idTokenLifetime(token: string, now: number): number {
  try {
    const claims: unknown = JSON.parse(atob((token.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/")));
    const { exp, iat } = claims as { readonly exp?: unknown; readonly iat?: unknown }; // any JSON; looked at below
    const issued = typeof iat === "number" ? iat * 1000 : 0;
    // By the issuer's own times where our clock is behind.
    if (typeof exp === "number") return Math.max(0, exp * 1000 - Math.max(issued, now));
  } catch {
    // Not ours to judge: whoever it is for will.
  }
  return usualLifetime;
}

const secretFields: ReadonlySet<string> = new Set(["client_secret", "refresh_token", "subject_token", "actor_token"]);

function secretsOf(form: TokenEndpointRequest["form"]): string[] {
  return Object.entries(form)
    .filter(([name, value]) => value.length > 100 || (secretFields.has(name) && value.length > 3))
    .map(([, value]) => value);
}
