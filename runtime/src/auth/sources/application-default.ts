/** Application Default Credentials (AIP-4110): the credentials that the environment provides. */
import { AbortError, AuthError, DiscogenError } from "../../errors.js";
import type { AbortSignal, Environment } from "../../platform-types.js";
import { gcloudFile } from "../../platform/gcloud.js";
import { environment, hasFiles, homeFolder, operatingSystem, variables } from "../../platform/node/environment.js";
import { mayExist } from "../../platform/node/files.js";
import { shownName } from "../../redact.js";
import { platformTransport } from "../../transport/node/platform-transport.js";
import { readCredentialFile } from "../credential-file.js";
import { ImpersonatedCredentials } from "../impersonated.js";
import { MetadataCredentials } from "../metadata.js";
import { metadataEmail } from "../metadata-server.js";
import { preferEnvironment, type TokenCredentials } from "../tokens.js";
import { anyFile, credentialsFrom, type CredentialsFileOptions } from "./from-file.js";

/** Options of {@link applicationDefault}. */
export interface ApplicationDefaultOptions extends CredentialsFileOptions {
  /** The quota project. Default: `GOOGLE_CLOUD_QUOTA_PROJECT` of the environment, else the one of the credentials. */
  readonly quotaProject?: string | undefined;
  /** Ends the search, which waits about 15 seconds for a metadata server that must exist but does not respond yet. */
  readonly signal?: AbortSignal | undefined;
}

/** A place that {@link searchCredentials} looked at. */
export interface SearchedPlace {
  /** What it is, for example `GOOGLE_APPLICATION_CREDENTIALS` or the path of a file. */
  readonly place: string;
  /** Why its credentials are not used, for example `is not set`. `undefined` if they are used. */
  readonly reason: string | undefined;
  /** The path of the file that the place names, for messages. */
  readonly file?: string | undefined;
}

/** The result of {@link searchCredentials}: credentials, or why there are none. */
export type CredentialSearch = {
  /** The places in the order of the search. The search ends at the first that has credentials, usable or not. */
  readonly places: readonly SearchedPlace[];
} & (
  | { readonly credentials: TokenCredentials; readonly error?: undefined }
  | {
      readonly credentials?: undefined;
      /** The error of {@link applicationDefault}: the credentials cannot be used, or no place has any. */
      readonly error: DiscogenError;
    }
);

/** A place besides those of AIP-4110, for example the tokens of `discogen login`. */
export interface AdditionalPlace {
  readonly place: string;
  /** The path of its file, for messages. */
  readonly file?: string | undefined;
  /** Returns its credentials, or why it has none. */
  find(options: ApplicationDefaultOptions): Promise<TokenCredentials | string>;
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
  const { credentials, error } = await searchCredentials(options);
  if (error !== undefined) throw error;
  return credentials;
}

/**
 * Finds credentials like {@link applicationDefault}, and describes each place. Returns the error of a place instead of
 * throwing it.
 *
 * @param additional A place to look at after `GOOGLE_APPLICATION_CREDENTIALS`.
 * @throws AuthError `NO_CREDENTIALS` on platforms without files
 * @throws AbortError
 */
export async function searchCredentials(
  options: ApplicationDefaultOptions = {},
  additional?: AdditionalPlace,
): Promise<CredentialSearch> {
  if (!hasFiles) throw unsupported();
  const given = {
    ...options,
    quotaProject: options.quotaProject ?? environment("GOOGLE_CLOUD_QUOTA_PROJECT"),
  };
  const places: SearchedPlace[] = [];
  for (const { place, file, find } of [
    namedPlace(),
    ...(additional === undefined ? [] : [additional]),
    gcloudPlace(),
    metadataPlace,
  ]) {
    const found = await findIn(find, given);
    if (found instanceof DiscogenError) {
      places.push({ place, file, reason: found.message });
      return { error: found, places };
    }
    const isReason = typeof found === "string";
    places.push({ place, file, reason: isReason ? found : undefined });
    if (isReason) continue;
    preferEnvironment(found);
    return { credentials: found, places };
  }
  return { error: noCredentials(places), places };
}

/** Returns the credentials of a place, why it has none, or why they cannot be used. */
async function findIn(
  find: AdditionalPlace["find"],
  options: ApplicationDefaultOptions,
): Promise<TokenCredentials | string | DiscogenError> {
  try {
    return await find(options);
  } catch (error) {
    if (error instanceof DiscogenError && !(error instanceof AbortError)) return error;
    throw error;
  }
}

function namedPlace(): AdditionalPlace {
  const path = environment("GOOGLE_APPLICATION_CREDENTIALS");
  const place = "GOOGLE_APPLICATION_CREDENTIALS";
  if (path === undefined) return { place, find: () => Promise.resolve("is not set") };
  return { place, file: shownName(path), find: (options) => fromNamedFile(path, options) };
}

function gcloudPlace(): AdditionalPlace {
  const path = wellKnownFile(variables(), operatingSystem(), homeFolder());
  if (path === undefined) return { place: "gcloud's folder", find: () => Promise.resolve("is unknown") };
  return {
    place: shownName(path),
    file: shownName(path),
    find: async (options) => (await readIfPresent(path, options)) ?? "does not exist",
  };
}

const metadataPlace: AdditionalPlace = { place: "metadata server", find: fromMetadata };

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

async function fromMetadata(options: ApplicationDefaultOptions): Promise<TokenCredentials | string> {
  const { dispatcher, subject } = options;
  const own = options.transport ?? (dispatcher === undefined ? undefined : platformTransport(dispatcher, undefined));
  const { detectMetadata } = await import("../metadata-detection.js");
  const detection = await detectMetadata(own, variables(), options.signal);
  if ("absent" in detection) return detection.absent;
  const { host } = detection;
  if (subject === undefined) return new MetadataCredentials({ ...options, host });
  return new ImpersonatedCredentials({
    ...options,
    sourceCredentials: new MetadataCredentials({ dispatcher, transport: options.transport, host }),
    targetPrincipal: await metadataEmail(
      { transport: own ?? platformTransport(undefined, undefined), signal: options.signal },
      host,
    ),
  });
}

function noCredentials(places: readonly SearchedPlace[]): AuthError {
  const tried = places.map(({ place, reason }) =>
    place === metadataPlace.place ? `${place}: ${String(reason)}` : `${place} ${String(reason)}`,
  );
  return new AuthError(
    "NO_CREDENTIALS",
    `no Application Default Credentials: ${tried.join("; ")}. Run \`gcloud auth application-default login\`, or set GOOGLE_APPLICATION_CREDENTIALS to the path of a credential file`,
  );
}

function unsupported(): AuthError {
  return new AuthError(
    "NO_CREDENTIALS",
    "applicationDefault() needs files and environment variables, which this platform does not have. Pass new AccessTokenCredentials(token), or the JSON of a key to ServiceAccountCredentials.fromJSON()",
  );
}
