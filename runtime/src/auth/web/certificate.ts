/** `fetch` presents no client certificates of a program. */
import { AuthError } from "../../errors.js";
import type { ClientCertificate } from "../../transport/client-certificate.js";
import type { CertificatePaths } from "../node/certificate.js";

/** @throws AuthError always */
export async function readCertificate(source: string, _from: CertificatePaths): Promise<never> {
  throw unsupported(source);
}

/** @throws AuthError always */
export async function mutualTls(source: string, _certificate: ClientCertificate): Promise<never> {
  throw unsupported(source);
}

function unsupported(source: string): AuthError {
  const message = "certificates work only on Node. Pass the option subjectToken, or other credentials";
  return new AuthError("TOKEN_UNAVAILABLE", `${source}: ${message}`);
}
