/** Client certificates (mutual TLS): from the options, or from the environment (AIP-4114). */
import { environment, operatingSystem, variables } from "../platform/node/environment.js";
import { exists } from "../platform/node/files.js";
import type { Fault } from "../errors.js";
import { gcloudFile } from "../platform/gcloud.js";

/** A certificate that identifies the client to servers, and its private key. */
export interface ClientCertificate {
  /** PEM: the certificate, and the intermediate certificates up to the one that servers trust. */
  readonly cert: string | Uint8Array;
  /** PEM. */
  readonly key: string | Uint8Array;
  /** Passphrase of an encrypted key. */
  readonly passphrase?: string | undefined;
}

/** A certificate configuration, as gcloud writes it. It is read for the first connection. */
export interface CertificateFile {
  readonly configFile: string;
}

export type CertificateSource = CertificateFile | ClientCertificate;

export interface Mtls {
  readonly certificate: CertificateSource | undefined;
  /** Whether requests are sent to the API's mTLS endpoint. */
  readonly isMtlsEndpoint: boolean;
}

/** The options that decide about certificates. */
export interface CertificateOptions {
  readonly mtls?: false | ClientCertificate | undefined;
  readonly dispatcher?: object | undefined;
  readonly transport?: object | undefined;
}

/** Reads the option and the environment. Reads no files. */
export function readMtls(options: CertificateOptions, faults: Fault[]): Mtls {
  const { mtls } = options;
  if (mtls === false) return { certificate: undefined, isMtlsEndpoint: false };
  if (mtls !== undefined) checkOption(options, mtls, faults);
  const usage = environment("GOOGLE_API_USE_MTLS_ENDPOINT") ?? "auto";
  if (!["always", "auto", "never"].includes(usage))
    faults.push({ parameter: "GOOGLE_API_USE_MTLS_ENDPOINT", message: "must be always, auto or never" });
  const isOwn = options.dispatcher !== undefined || options.transport !== undefined;
  const certificate = mtls ?? (isOwn ? undefined : certificateFile());
  return { certificate, isMtlsEndpoint: usage === "always" || (usage === "auto" && certificate !== undefined) };
}

function checkOption(options: CertificateOptions, mtls: ClientCertificate, faults: Fault[]): void {
  const fault = (message: string): void => void faults.push({ parameter: "mtls", message });
  const isPem = (value: unknown): boolean =>
    (typeof value === "string" || value instanceof Uint8Array) && value.length > 0;
  if (!isPem(mtls?.cert) || !isPem(mtls?.key)) fault("must be false or { cert, key, passphrase? }, both PEM");
  for (const other of ["dispatcher", "transport"] as const) {
    if (options[other] === undefined) continue;
    fault(
      `cannot be combined with ${other}. Put the certificate into ${other}, for example new Agent({ connect: mtls })`,
    );
  }
}

/** Configurations by path, so that all clients with the same file share its connections. */
const files: Map<string, CertificateFile> = new Map();

/** The certificate configuration of the environment, if it is turned on. */
function certificateFile(): CertificateFile | undefined {
  if (environment("GOOGLE_API_USE_CLIENT_CERTIFICATE")?.toLowerCase() !== "true") return undefined;
  const path = environment("GOOGLE_API_CERTIFICATE_CONFIG") ?? wellKnownFile();
  if (path === undefined) return undefined;
  const file = files.get(path) ?? { configFile: path };
  files.set(path, file);
  return file;
}

/** gcloud's own file, if it exists. */
function wellKnownFile(): string | undefined {
  const home = environment("HOME") ?? "";
  const path = gcloudFile("certificate_config.json", variables(), operatingSystem(), home);
  return path !== undefined && exists(path) ? path : undefined;
}
