/** Requests tokens from an endpoint that takes a form and returns JSON (RFC 6749 §4 and §5.1, RFC 8693). */
import {
  callEndpoint,
  dateOf,
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
  const [members, serverTime] = await sendForm(network, target);
  return readIdToken(target, members, serverTime);
}

/**
 * Reads the `id_token` of a response.
 *
 * @param serverTime The server's time in milliseconds since the epoch, if it is known.
 */
export function readIdToken(
  target: Pick<EndpointRequest, "account" | "url">,
  { id_token: token }: JsonObject,
  serverTime?: number,
): IssuedToken {
  if (!isToken(token)) throw malformedResponse(target, "contains no id_token");
  return { token, lifetime: idTokenLifetime(token, serverTime) };
}

/** Returns all members of a token endpoint's response. */
export async function requestForm(network: Network, target: TokenEndpointRequest): Promise<JsonObject> {
  const [members] = await sendForm(network, target);
  return members;
}

/** Returns all members of the response, and the server's time. */
async function sendForm(
  network: Network,
  { form, headers, ...target }: TokenEndpointRequest,
): Promise<[JsonObject, number | undefined]> {
  const request: EndpointRequest = {
    ...target,
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
    body: new URLSearchParams(form).toString(),
    secrets: secretsOf(form),
  };
  const response = await callEndpoint(network, request);
  return [readMembers(request, response.text), dateOf(response.headers)];
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

/**
 * The remaining lifetime of an ID token in milliseconds. Only times of servers count, since the local clock may be wrong.
 *
 * @param serverTime The time of the server that returned the token, which may have issued it before. `undefined` if it
 *   is not known: then the token counts as new.
 */
export function idTokenLifetime(token: string, serverTime: number | undefined): number {
  try {
    const claims: unknown = JSON.parse(atob((token.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/")));
    const { exp, iat } = claims as { readonly exp?: unknown; readonly iat?: unknown }; // any JSON; checked below
    const issued = typeof iat === "number" ? iat * 1000 : undefined;
    const now = Math.max(issued ?? 0, serverTime ?? issued ?? Date.now());
    if (typeof exp === "number") return Math.max(0, exp * 1000 - now);
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
