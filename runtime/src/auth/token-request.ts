/** Requests tokens from an endpoint that takes a form and returns JSON (RFC 6749 §4 and §5.1, RFC 8693). */
import {
  callEndpoint,
  type EndpointRequest,
  isToken,
  type Network,
  malformedResponse,
  readMembers,
} from "./endpoint.js";
import type { JsonObject } from "./credential-file.js";

/** A request to a token endpoint. */
export interface TokenEndpointRequest extends Pick<
  EndpointRequest,
  "account" | "headers" | "hint" | "idempotent" | "metrics" | "refusalCode" | "url"
> {
  readonly form: { readonly [name: string]: string };
}

/** A token and its lifetime. */
export interface IssuedToken {
  readonly token: string;
  /** In milliseconds. */
  readonly lifetime: number;
}

/** The lifetime of Google's tokens, used if the endpoint returns none: RFC 6749 §5.1 only recommends `expires_in`. */
const usualLifetime: number = 3600 * 1000;

/** @throws AuthError `TOKEN_REFUSED` or `TOKEN_UNAVAILABLE` */
export async function requestToken(network: Network, target: TokenEndpointRequest): Promise<IssuedToken> {
  return readAccessToken(target, await requestForm(network, target));
}

/** Requests an ID token, the `id_token` of the response. */
export async function requestIdToken(network: Network, target: TokenEndpointRequest): Promise<IssuedToken> {
  return readIdToken(target, await requestForm(network, target));
}

/** Reads the `id_token` of a response. */
export function readIdToken(
  target: Pick<EndpointRequest, "account" | "url">,
  { id_token: token }: JsonObject,
): IssuedToken {
  if (!isToken(token)) throw malformedResponse(target, "contains no id_token");
  return { token, lifetime: idTokenLifetime(token, Date.now()) };
}

/** Returns all members of a token endpoint's response. */
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

/** Reads `access_token` and `expires_in` of a response. */
export function readAccessToken(
  target: Pick<EndpointRequest, "account" | "url">,
  { access_token: token, expires_in: seconds }: JsonObject,
): IssuedToken {
  if (!isToken(token)) throw malformedResponse(target, "contains no access_token");
  const lifetime = Number(seconds ?? Number.NaN) * 1000;
  return { token, lifetime: lifetime > 0 && Number.isFinite(lifetime) ? lifetime : usualLifetime };
}

/** The remaining lifetime of an ID token in milliseconds. The server may have issued it some time ago. */
export function idTokenLifetime(token: string, now: number): number {
  try {
    const claims: unknown = JSON.parse(atob((token.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/")));
    const { exp, iat } = claims as { readonly exp?: unknown; readonly iat?: unknown }; // any JSON; checked below
    const issued = typeof iat === "number" ? iat * 1000 : 0;
    // The issuer's own times count if the local clock is behind.
    if (typeof exp === "number") return Math.max(0, exp * 1000 - Math.max(issued, now));
  } catch {
    // The service that receives the token checks it.
  }
  return usualLifetime;
}

const secretFields: ReadonlySet<string> = new Set([
  "actor_token",
  "client_secret",
  "code",
  "code_verifier",
  "refresh_token",
  "subject_token",
  "token",
]);

function secretsOf(form: TokenEndpointRequest["form"]): string[] {
  return Object.entries(form)
    .filter(([name, value]) => value.length > 100 || (secretFields.has(name) && value.length > 3))
    .map(([, value]) => value);
}
