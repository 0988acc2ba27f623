/** Google's Security Token Service: exchanges one token for another (RFC 8693). */
import { base64 } from "../../platform/bytes.js";
import type { JsonObject } from "../credential-file.js";
import type { Network } from "../endpoint.js";
import { type TokenEndpointRequest, requestForm } from "../token-request.js";

/** One exchange. */
export interface TokenExchange extends Omit<TokenEndpointRequest, "form" | "headers" | "hint"> {
  readonly subjectToken: string;
  readonly subjectTokenType: string;
  readonly audience?: string;
  readonly scopes?: readonly string[];
  /** Options of Google's STS, sent as JSON. */
  readonly options?: object | undefined;
  /** The `authorization` of an OAuth client. */
  readonly authorization?: string | undefined;
}

export const accessTokenType = "urn:ietf:params:oauth:token-type:access_token";

/** Returns the response of the STS. @throws AuthError `TOKEN_REFUSED` or `TOKEN_UNAVAILABLE` */
export function exchangeToken(
  network: Network,
  { audience, authorization, options, scopes, subjectToken, subjectTokenType, ...target }: TokenExchange,
): Promise<JsonObject> {
  return requestForm(network, {
    ...target,
    headers: authorization === undefined ? {} : { authorization },
    hint,
    form: {
      grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
      requested_token_type: accessTokenType,
      subject_token: subjectToken,
      subject_token_type: subjectTokenType,
      ...(audience === undefined ? {} : { audience }),
      ...(scopes === undefined ? {} : { scope: scopes.join(" ") }),
      ...(options === undefined ? {} : { options: JSON.stringify(options) }),
    },
  });
}

/** HTTP Basic authentication of OAuth clients (RFC 6749 §2.3.1). */
export function basicAuthorization(id: string, secret: string): string {
  return `Basic ${base64(new TextEncoder().encode(`${id}:${secret}`))}`;
}

/** Returns advice for refusals of Google's STS. */
function hint(reason: string | undefined): string | undefined {
  switch (reason) {
    case "invalid_grant":
      return "Check that the subject token has not expired and is meant for this provider: its issuer, its audience, and the provider's attribute condition";
    case "invalid_target":
      return "Check the audience: it must be the full name of a provider that exists and is not disabled";
    case "unauthorized_client":
      return "The provider's attribute condition rejects this identity";
    default:
      return undefined;
  }
}
