/** The IAM Credentials API: what one account may have made in the name of another (AIP-4115). */
import { AuthError } from "../errors.js";
import { type HeaderRecord, lowerCase } from "../request/headers.js";
import type { JsonObject } from "./credential-file.js";
import type { Credentials } from "./credentials.js";
import {
  callEndpoint,
  type EndpointRequest,
  isToken,
  type Network,
  malformedResponse,
  readMembers,
  TokenRefusal,
} from "./endpoint.js";
import { type IssuedToken, idTokenLifetime } from "./token-request.js";

/** Who asks in whose name. */
export interface Impersonation {
  /** Who asks, for messages. */
  readonly account: string;
  /** Those who sign the request; they need the role Service Account Token Creator on the next in the chain. */
  readonly source: Credentials;
  /** The account's own URL without a method: `https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/a@b`. */
  readonly url: string;
  /** Accounts between the source and the target, each allowed to act for the next. */
  readonly delegates: readonly string[];
}

/** The scope that the source needs. */
export const iamScope = "https://www.googleapis.com/auth/cloud-platform";

const metricsOf = (type: "at" | "it"): string => `auth-request-type/${type} cred-type/imp`;

/** The URL of an account in a universe. */
export function accountUrl(email: string, universe: string): string {
  return `https://iamcredentials.${universe}/v1/projects/-/serviceAccounts/${encodeURIComponent(email)}`;
}

/** The account in a URL that gives its tokens: its own URL and its address. `undefined` where that is no such URL. */
export function accountIn(url: string): { readonly url: string; readonly email: string } | undefined {
  const [, account, principal] = /^(.+\/serviceAccounts\/([^/?#:]{1,256})):generateAccessToken$/.exec(url) ?? [];
  if (account === undefined || principal === undefined) return undefined;
  try {
    return { url: account, email: decodeURIComponent(principal) };
  } catch {
    return undefined;
  }
}

/** An access token of the account. `lifetime` is in seconds; above an hour only where a policy of the organisation allows it. */
export async function generateAccessToken(
  network: Network,
  who: Impersonation,
  scope: readonly string[],
  lifetime: number,
): Promise<IssuedToken> {
  const [target, members] = await callIam(network, who, "generateAccessToken", metricsOf("at"), {
    delegates: delegatesOf(who),
    scope,
    lifetime: `${String(lifetime)}s`,
  });
  const { accessToken: token, expireTime } = members;
  if (!isToken(token)) throw malformedResponse(target, "holds no accessToken");
  const left = typeof expireTime === "string" ? Date.parse(expireTime) - Date.now() : Number.NaN;
  // A time that is past, or none, speaks of clocks: then what was asked for counts.
  return { token, lifetime: left > 0 ? Math.min(left, lifetime * 1000) : lifetime * 1000 };
}

/** An id token of the account, with its address in it. */
export async function generateIdToken(network: Network, who: Impersonation, audience: string): Promise<IssuedToken> {
  const body = { delegates: delegatesOf(who), audience, includeEmail: true };
  const [target, { token }] = await callIam(network, who, "generateIdToken", metricsOf("it"), body);
  if (!isToken(token)) throw malformedResponse(target, "holds no token");
  return { token, lifetime: idTokenLifetime(token, Date.now()) };
}

/** Claims signed with a key that Google keeps for the account. */
export async function signJwt(network: Network, who: Impersonation, claims: JsonObject): Promise<string> {
  const body = { delegates: delegatesOf(who), payload: JSON.stringify(claims) };
  const [target, { signedJwt }] = await callIam(network, who, "signJwt", metricsOf("at"), body);
  if (!isToken(signedJwt)) throw malformedResponse(target, "holds no signedJwt");
  return signedJwt;
}

function delegatesOf({ delegates }: Impersonation): readonly string[] | undefined {
  if (delegates.length === 0) return undefined;
  return delegates.map((name) => (name.includes("/") ? name : `projects/-/serviceAccounts/${name}`));
}

async function callIam(
  network: Network,
  who: Impersonation,
  method: string,
  metrics: string,
  body: JsonObject,
): Promise<[EndpointRequest, JsonObject]> {
  const { account, source } = who;
  const url = new URL(`${who.url}:${method}`);
  const once = async (): Promise<[EndpointRequest, JsonObject]> => {
    const signature = await sourceHeaders(who, url, network);
    const target: EndpointRequest = {
      account,
      method: "POST",
      url,
      metrics,
      headers: { ...signature, "content-type": "application/json" },
      body: JSON.stringify(body),
      hint,
    };
    try {
      return [target, readMembers(target, (await callEndpoint(network, target)).text)];
    } catch (error) {
      if (error instanceof TokenRefusal && error.status === 401) source.invalidate?.(signature["authorization"]);
      throw error;
    }
  };
  try {
    return await once();
  } catch (error) {
    // The source's token may have been revoked before its time: one more try, with a new one.
    if (!(error instanceof TokenRefusal) || error.status !== 401 || source.invalidate === undefined) throw error;
    return once();
  }
}

async function sourceHeaders({ account, source }: Impersonation, url: URL, network: Network): Promise<HeaderRecord> {
  const headers = lowerCase(await source.getRequestHeaders(url.href, network));
  if (headers["authorization"] !== undefined) return headers;
  throw new AuthError("NO_CREDENTIALS", `${account}: the source credentials gave no authorization to impersonate with`);
}

function hint(reason: string | undefined): string | undefined {
  switch (reason) {
    case "PERMISSION_DENIED":
    case "IAM_PERMISSION_DENIED":
    case "forbidden":
      return "The source needs the role Service Account Token Creator (roles/iam.serviceAccountTokenCreator) on the account, and the IAM Service Account Credentials API must be enabled";
    case "NOT_FOUND":
      return "Check the account's address";
    default:
      return undefined;
  }
}
