/** Requests a token of an external account: exchanges a subject token for a Google token (AIP-4117). */
import type { JsonObject } from "../credential-file.js";
import { type Network, TokenRefusal } from "../endpoint.js";
import { type IssuedToken, readAccessToken } from "../token-request.js";
import type { ExternalAccount } from "./config.js";
import { exchangeToken } from "./sts.js";
import type { SubjectSource } from "./subject-source.js";
import { readSubjectToken } from "./subject-token.js";

/** @throws AuthError `TOKEN_REFUSED`, `TOKEN_UNAVAILABLE`, and what the source of subject tokens throws */
export async function federatedToken(
  account: ExternalAccount,
  scopes: readonly string[],
  network: Network,
): Promise<IssuedToken> {
  const { audience, clientAuthorization, impersonation, source, subject, subjectTokenType, tokenUrl } = account;
  const target = { account: source, url: tokenUrl };
  const exchange = (subjectToken: string): Promise<JsonObject> =>
    exchangeToken(network, {
      ...target,
      subjectToken,
      subjectTokenType,
      audience,
      scopes,
      authorization: clientAuthorization,
      // An OAuth client has its own project.
      options:
        account.workforceProject === undefined || clientAuthorization !== undefined
          ? undefined
          : { userProject: account.workforceProject },
      metrics: `google-byoid-sdk source/${sourceName(subject)} sa-impersonation/${String(impersonation !== undefined)} config-lifetime/${String(impersonation?.lifetime !== undefined)}`,
    });
  const subjectToken = await readSubjectToken(account, network);
  try {
    return readAccessToken(target, await exchange(subjectToken));
  } catch (error) {
    if (!(error instanceof TokenRefusal) || !(await canAdjust(account, error, subjectToken))) throw error;
    return readAccessToken(target, await exchange(await readSubjectToken(account, network)));
  }
}

/** Whether another subject token may be accepted: the local clock may be wrong. */
async function canAdjust(account: ExternalAccount, refusal: TokenRefusal, refused: string): Promise<boolean> {
  switch (account.subject.kind) {
    // AWS rejects a request that was signed with a wrong clock.
    case "aws":
      return (await import("./aws.js")).adjustAfterRefusal(account, refusal);
    case "executable":
      return (await import("./executable.js")).rejectOutput(account, refused);
    default:
      return false;
  }
}

/** The name of the source in Google's metrics. */
function sourceName(subject: SubjectSource): string {
  return subject.kind === "aws" && subject.securityCredentials !== undefined ? "programmatic" : subject.kind;
}

/** The network for this account. Its transport presents the certificate, if the account has one. */
export async function networkFor({ source, subject }: ExternalAccount, offered: Network): Promise<Network> {
  if (subject.kind !== "x509") return offered;
  const { mutualTls, readCertificate } = await import("../node/certificate.js");
  const { certificate } = await readCertificate(source, subject);
  return { ...offered, transport: await mutualTls(source, certificate) };
}
