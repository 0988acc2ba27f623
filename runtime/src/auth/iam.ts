/** The IAM Credentials API: tokens and signatures of one account, requested by another (AIP-4115). */
import { AuthError } from "../errors.js";
import { type HeaderRecord, lowerCase } from "../request/headers.js";
import type { JsonObject } from "./credential-file.js";
import type { Credentials } from "./credentials.js";
import {
  callEndpoint,
  dateOf,
  type EndpointRequest,
  isToken,
  type Network,
  malformedResponse,
  readMembers,
  TokenRefusal,
} from "./endpoint.js";
import { type IssuedToken, idTokenLifetime } from "./token-request.js";

/** An account, and the credentials that act for it. */
export interface Impersonation {
  /** The account, for messages. */
  readonly account: string;
  /** Credentials that authorize the request. They need the role Service Account Token Creator on the next account. */
  readonly source: Credentials;
  /** The URL of the account without a method: `https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/a@b`. */
  readonly url: string;
  /** Accounts between the source and the target. Each may act for the next. */
  readonly delegates: readonly string[];
}

/** The scope that the source credentials need. */
export const iamScope = "https://www.googleapis.com/auth/cloud-platform";

const metricsOf = (type: "at" | "it"): string => `auth-request-type/${type} cred-type/imp`;

/** The URL of an account in a universe. */
export function accountUrl(email: string, universe: string): string {
  return `https://iamcredentials.${universe}/v1/projects/-/serviceAccounts/${encodeURIComponent(email)}`;
}

/** The URL and the address of the account in a `generateAccessToken` URL. `undefined` for any other URL. */
export function accountIn(url: string): { readonly url: string; readonly email: string } | undefined {
  const [, account, principal] = /^(.+\/serviceAccounts\/([^/?#:]{1,256})):generateAccessToken$/.exec(url) ?? [];
  if (account === undefined || principal === undefined) return undefined;
  try {
    return { url: account, email: decodeURIComponent(principal) };
  } catch {
    return undefined;
  }
}

/** Requests an access token of the account. `lifetime` is in seconds; above an hour, it needs a policy of the organization. */
export async function generateAccessToken(
  network: Network,
  impersonation: Impersonation,
  scope: readonly string[],
  lifetime: number,
): Promise<IssuedToken> {
  const [target, members, serverTime] = await callIam(network, impersonation, "generateAccessToken", metricsOf("at"), {
    delegates: delegatesOf(impersonation),
    scope,
    lifetime: `${String(lifetime)}s`,
  });
  const { accessToken: token, expireTime } = members;
  if (!isToken(token)) throw malformedResponse(target, "contains no accessToken");
  const left = typeof expireTime === "string" ? Date.parse(expireTime) - (serverTime ?? Date.now()) : Number.NaN;
  // A missing time, or one in the past, is not reliable: the requested lifetime counts.
  return { token, lifetime: left > 0 ? Math.min(left, lifetime * 1000) : lifetime * 1000 };
}

/** Requests an ID token of the account that contains its address. */
export async function generateIdToken(
  network: Network,
  impersonation: Impersonation,
  audience: string,
): Promise<IssuedToken> {
  const body = { delegates: delegatesOf(impersonation), audience, includeEmail: true };
  const [target, { token }, serverTime] = await callIam(
    network,
    impersonation,
    "generateIdToken",
    metricsOf("it"),
    body,
  );
  if (!isToken(token)) throw malformedResponse(target, "contains no token");
  return { token, lifetime: idTokenLifetime(token, serverTime) };
}

/** Signs claims with the key that Google manages for the account. */
export async function signJwt(network: Network, impersonation: Impersonation, claims: JsonObject): Promise<string> {
  const body = { delegates: delegatesOf(impersonation), payload: JSON.stringify(claims) };
  const [target, { signedJwt }] = await callIam(network, impersonation, "signJwt", metricsOf("at"), body);
  if (!isToken(signedJwt)) throw malformedResponse(target, "contains no signedJwt");
  return signedJwt;
}

function delegatesOf({ delegates }: Impersonation): readonly string[] | undefined {
  if (delegates.length === 0) return undefined;
  return delegates.map((name) => (name.includes("/") ? name : `projects/-/serviceAccounts/${name}`));
}

/** A request, the members of the response, and the server's time. */
type IamExchange = [target: EndpointRequest, members: JsonObject, serverTime: number | undefined];

async function callIam(
  network: Network,
  impersonation: Impersonation,
  method: string,
  metrics: string,
  body: JsonObject,
): Promise<IamExchange> {
  const { account, source } = impersonation;
  const url = new URL(`${impersonation.url}:${method}`);
  const once = async (): Promise<IamExchange> => {
    const headers = await sourceHeaders(impersonation, url, network);
    const target: EndpointRequest = {
      account,
      method: "POST",
      url,
      metrics,
      headers: { ...headers, "content-type": "application/json" },
      body: JSON.stringify(body),
      hint,
    };
    try {
      const { headers: received, text } = await callEndpoint(network, target);
      return [target, readMembers(target, text), dateOf(received)];
    } catch (error) {
      if (error instanceof TokenRefusal && error.status === 401)
        source.invalidate?.(headers["authorization"], error.serverTime);
      throw error;
    }
  };
  try {
    return await once();
  } catch (error) {
    // The source's token may have been revoked. A second attempt uses a new one.
    if (!(error instanceof TokenRefusal) || error.status !== 401 || source.invalidate === undefined) throw error;
    return once();
  }
}

async function sourceHeaders({ account, source }: Impersonation, url: URL, network: Network): Promise<HeaderRecord> {
  const headers = lowerCase(await source.getRequestHeaders(url.href, network));
  if (headers["authorization"] !== undefined) return headers;
  throw new AuthError("NO_CREDENTIALS", `${account}: the source credentials returned no authorization header`);
}

function hint(reason: string | undefined): string | undefined {
  switch (reason) {
    case "PERMISSION_DENIED":
    case "IAM_PERMISSION_DENIED":
    case "forbidden":
      return "The source needs the role Service Account Token Creator (roles/iam.serviceAccountTokenCreator) on the account, and the IAM Service Account Credentials API must be enabled";
    case "NOT_FOUND":
      return "Check the address of the account";
    default:
      return undefined;
  }
}
