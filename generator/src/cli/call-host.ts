/** Where `discogen call` may send credentials. A document says where its API is, and a stranger may have written it. */
import type { Credentials } from "@discogen/runtime";
import { diagnostic, InputError } from "../diagnostics.js";
import { GOOGLE, isLoopback, isWithin } from "../discovery/hosts.js";
import type { LoadedModel } from "../load.js";
import type { Terminal } from "./terminal.js";

/** Parameters that authorize a request by themselves (https://cloud.google.com/apis/docs/system-parameters). */
const SECRETS = ["access_token", "key", "oauth_token"];

/** Whether a call shows the server who makes it, by credentials, a parameter or a client certificate. */
export function isAuthorized(auth: Credentials, parameters: object, env: Terminal["env"]): boolean {
  const isAnonymous = "anonymous" in auth && auth.anonymous === true;
  const hasCertificate = env["GOOGLE_API_USE_CLIENT_CERTIFICATE"]?.toLowerCase() === "true";
  return !isAnonymous || hasCertificate || SECRETS.some((name) => Object.hasOwn(parameters, name));
}

/**
 * Refuses to send credentials to a host that is neither Google's, nor of the universe of the credentials, nor this machine.
 *
 * @param url where the call would go
 * @param loaded the document that names it
 * @throws {InputError} with the code UNTRUSTED_HOST
 */
export function refuseForeignHost(
  url: URL,
  { universeDomain }: Credentials,
  { file, model: { id: api } }: LoadedModel,
  env: Terminal["env"],
): void {
  const universe = universeDomain ?? (env["GOOGLE_CLOUD_UNIVERSE_DOMAIN"] || GOOGLE);
  if (isLoopback(url.hostname) || isWithin(url, [universe])) return;
  const message = `the document places the API at ${url.origin}: credentials are sent to https://*.${universe} and to this machine only`;
  throw new InputError([diagnostic("UNTRUSTED_HOST", file, message, { api })]);
}
