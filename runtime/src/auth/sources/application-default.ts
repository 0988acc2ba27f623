/** Application Default Credentials (AIP-4110): what the environment offers to sign in with. */
import { AuthError } from "../../errors.js";
import type { Environment } from "../../platform-types.js";
import { shownName } from "../../redact.js";
import { environment, hasFiles, homeFolder, operatingSystem, variables } from "../../platform/node/environment.js";
import { mayExist } from "../../platform/node/files.js";
import { platformTransport } from "../../transport/node/platform-transport.js";
import { readCredentialFile } from "../credential-file.js";
import { anyFile, credentialsFrom, type CredentialsFileOptions } from "./from-file.js";
import { gcloudFile } from "../../platform/gcloud.js";
import { ImpersonatedCredentials } from "../impersonated.js";
import { MetadataCredentials, metadataEmail } from "../metadata.js";
import type { TokenCredentials } from "../tokens.js";

/** Options of {@link applicationDefault}. */
export interface ApplicationDefaultOptions extends CredentialsFileOptions {
  /** The project that pays. Default: the environment's `GOOGLE_CLOUD_QUOTA_PROJECT`, else what the credentials say. */
  readonly quotaProject?: string | undefined;
}

/**
 * The credentials that the environment offers: the file that `GOOGLE_APPLICATION_CREDENTIALS` names, else what `gcloud
 * auth application-default login` left, else the metadata server of Google Cloud.
 *
 * With `subject`, a service account acts for that person; one of a metadata server does so without a key, which needs
 * the role Service Account Token Creator on itself.
 *
 * @throws AuthError `NO_CREDENTIALS`, listing what was tried, and always in browsers and workers; `KEY_…` where a file
 *   is there but will not do
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
  const found = wellKnown === undefined ? undefined : await readIfThere(wellKnown, given);
  return found ?? fromMetadata(given, wellKnown);
}

/** Where gcloud leaves the sign-in. `undefined` where the environment does not tell. */
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
      `${error.message}. GOOGLE_APPLICATION_CREDENTIALS names it: correct or unset it`,
    );
  }
}

async function readIfThere(path: string, options: ApplicationDefaultOptions): Promise<TokenCredentials | undefined> {
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
  const file = wellKnown === undefined ? "gcloud's folder is not known here" : `there is no ${shownName(wellKnown)}`;
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
