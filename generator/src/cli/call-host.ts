/** Hosts that `discogen call` may send credentials to. The document names the host, and may come from an attacker. */
import type { Credentials } from "@discogen/runtime";
import { diagnostic, InputError } from "../diagnostics.js";
import { GOOGLE, isLoopback, isWithin } from "../discovery/hosts.js";
import type { LoadedModel } from "../load.js";
import type { Terminal } from "./terminal.js";

/** Parameters that authorize a request (https://cloud.google.com/apis/docs/system-parameters). */
const SECRETS = ["access_token", "key", "oauth_token"];

/** Whether a call authenticates the caller: with credentials, a parameter or a client certificate. */
export function isAuthorized(auth: Credentials, parameters: object, env: Terminal["env"]): boolean {
  const isAnonymous = "anonymous" in auth && auth.anonymous === true;
  const hasCertificate = env["GOOGLE_API_USE_CLIENT_CERTIFICATE"]?.toLowerCase() === "true";
  return !isAnonymous || hasCertificate || SECRETS.some((name) => Object.hasOwn(parameters, name));
}

/**
 * Rejects a host that must not receive the credentials. Allowed are hosts of Google or of the universe of the credentials,
 * and this machine.
 *
 * @param url the root URL of the API
 * @param loaded the document that names it
 * @throws {InputError} with the code UNTRUSTED_HOST
 */
export function refuseForeignHost(
  url: URL,
  { universeDomain }: Credentials,
  { file, model: { id: api } }: Omit<LoadedModel, "json">,
  env: Terminal["env"],
): void {
  const universe = universeDomain ?? (env["GOOGLE_CLOUD_UNIVERSE_DOMAIN"] || GOOGLE);
  if (isLoopback(url.hostname) || isWithin(url, [universe])) return;
  const message = `the root URL of the document is ${url.origin}, but credentials are sent only to https://*.${universe} and to this machine`;
  throw new InputError([diagnostic("UNTRUSTED_HOST", file, message, { api })]);
}
