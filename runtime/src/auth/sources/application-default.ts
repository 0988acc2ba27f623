/** Application Default Credentials (AIP-4110): the credentials that the environment provides. */
import { AuthError } from "../../errors.js";
import type { Environment } from "../../platform-types.js";
import { gcloudFile } from "../../platform/gcloud.js";
import { environment, hasFiles, homeFolder, operatingSystem, variables } from "../../platform/node/environment.js";
import { mayExist } from "../../platform/node/files.js";
import { shownName } from "../../redact.js";
import { platformTransport } from "../../transport/node/platform-transport.js";
import { readCredentialFile } from "../credential-file.js";
import { ImpersonatedCredentials } from "../impersonated.js";
import { MetadataCredentials, metadataEmail } from "../metadata.js";
import type { TokenCredentials } from "../tokens.js";
import { anyFile, credentialsFrom, type CredentialsFileOptions } from "./from-file.js";

/** Options of {@link applicationDefault}. */
export interface ApplicationDefaultOptions extends CredentialsFileOptions {
  /** The quota project. Default: `GOOGLE_CLOUD_QUOTA_PROJECT` of the environment, else the one of the credentials. */
  readonly quotaProject?: string | undefined;
}

/**
 * Finds the credentials of the environment: the file that `GOOGLE_APPLICATION_CREDENTIALS` names, else the file that
 * `gcloud auth application-default login` wrote, else the metadata server of Google Cloud.
 *
 * With `subject`, a service account acts for that user. The account of a metadata server does so without a key; it needs
 * the role Service Account Token Creator on itself.
 *
 * @throws AuthError `NO_CREDENTIALS`, with a list of what was tried, and always in browsers and workers; `KEY_…` if a
 *   file exists but cannot be used
 */
export async function applicationDefault(options: ApplicationDefaultOptions = {}): Promise<TokenCredentials> {
  if (!hasFiles) throw unsupported();
  const given = {
    ...options,
    quotaProject: options.quotaProject ?? environment("GOOGLE_CLOUD_QUOTA_PROJECT"),
  };
  const named = environment("GOOGLE_APPLICATION_CREDENTIALS");
  if (named !== undefined) return fromNamedFile(named, given);
  const wellKnown = wellKnownFile(variables(), operatingSystem(), homeFolder());
  const found = wellKnown === undefined ? undefined : await readIfPresent(wellKnown, given);
  return found ?? fromMetadata(given, wellKnown);
}

/** The path of the file that gcloud writes. `undefined` if gcloud's folder is unknown. */
export function wellKnownFile(env: Environment, platform: string, home: string): string | undefined {
  return gcloudFile("application_default_credentials.json", env, platform, home);
}

async function fromNamedFile(path: string, options: ApplicationDefaultOptions): Promise<TokenCredentials> {
  try {
    return await credentialsFrom(await readCredentialFile(path, anyFile), options);
  } catch (error) {
    if (!(error instanceof AuthError) || error.code !== "KEY_FILE_UNREADABLE") throw error;
    throw new AuthError(
      "KEY_FILE_UNREADABLE",
      `${error.message}. Correct or unset GOOGLE_APPLICATION_CREDENTIALS, which names this file`,
    );
  }
}

async function readIfPresent(path: string, options: ApplicationDefaultOptions): Promise<TokenCredentials | undefined> {
  return (await mayExist(path)) ? credentialsFrom(await readCredentialFile(path, anyFile), options) : undefined;
}

async function fromMetadata(
  options: ApplicationDefaultOptions,
  wellKnown: string | undefined,
): Promise<TokenCredentials> {
  const { dispatcher, subject } = options;
  const own = options.transport ?? (dispatcher === undefined ? undefined : platformTransport(dispatcher, undefined));
  const { detectMetadata } = await import("../node/metadata-detection.js");
  const detection = await detectMetadata(own, variables());
  if ("absent" in detection) throw nothingFound(wellKnown, detection.absent);
  const { host } = detection;
  if (subject === undefined) return new MetadataCredentials({ ...options, host });
  return new ImpersonatedCredentials({
    ...options,
    sourceCredentials: new MetadataCredentials({ dispatcher, transport: options.transport, host }),
    targetPrincipal: await metadataEmail({ transport: own ?? platformTransport(undefined, undefined) }, host),
  });
}

function nothingFound(wellKnown: string | undefined, metadata: string): AuthError {
  const file = wellKnown === undefined ? "gcloud's folder is unknown" : `${shownName(wellKnown)} does not exist`;
  return new AuthError(
    "NO_CREDENTIALS",
    `no Application Default Credentials: GOOGLE_APPLICATION_CREDENTIALS is not set; ${file}; metadata server: ${metadata}. Run \`gcloud auth application-default login\`, or set GOOGLE_APPLICATION_CREDENTIALS to the path of a credential file`,
  );
}

function unsupported(): AuthError {
  return new AuthError(
    "NO_CREDENTIALS",
    "applicationDefault() needs files and environment variables, which this platform does not have. Pass new AccessTokenCredentials(token), or the JSON of a key to ServiceAccountCredentials.fromJSON()",
  );
}
