/** Requests a token of an external account: exchanges a subject token for a Google token (AIP-4117). */
import type { Network } from "../endpoint.js";
import { type IssuedToken, readAccessToken } from "../token-request.js";
import type { ExternalAccount } from "./config.js";
import { exchangeToken } from "./sts.js";
import { readSubjectToken } from "./subject-token.js";

/** @throws AuthError `TOKEN_REFUSED`, `TOKEN_UNAVAILABLE`, and what the source of subject tokens throws */
export async function federatedToken(
  account: ExternalAccount,
  scopes: readonly string[],
  network: Network,
): Promise<IssuedToken> {
  const { audience, clientAuthorization, impersonation, source, subject, subjectTokenType, tokenUrl } = account;
  const target = { account: source, url: tokenUrl };
  const members = await exchangeToken(network, {
    ...target,
    subjectToken: await readSubjectToken(account, network),
    subjectTokenType,
    audience,
    scopes,
    authorization: clientAuthorization,
    // An OAuth client has its own project.
    options:
      account.workforceProject === undefined || clientAuthorization !== undefined
        ? undefined
        : { userProject: account.workforceProject },
    metrics: `google-byoid-sdk source/${subject.kind} sa-impersonation/${String(impersonation !== undefined)} config-lifetime/${String(impersonation?.lifetime !== undefined)}`,
  });
  return readAccessToken(target, members);
}

/** The network for this account. Its transport presents the certificate, if the account has one. */
export async function networkFor({ source, subject }: ExternalAccount, offered: Network): Promise<Network> {
  if (subject.kind !== "x509") return offered;
  const { mutualTls, readCertificate } = await import("../node/certificate.js");
  const { certificate } = await readCertificate(source, subject);
  return { ...offered, transport: await mutualTls(source, certificate) };
}
