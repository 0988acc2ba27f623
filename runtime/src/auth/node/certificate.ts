/** X.509 certificates as subject tokens: the certificate of the connection to the STS (RFC 8705). */
import { X509Certificate } from "node:crypto";
import { createSecureContext } from "node:tls";
import { AuthError } from "../../errors.js";
import { gcloudFile } from "../../platform/gcloud.js";
import { homeFolder } from "../../platform/node/environment.js";
import { readTextFile } from "../../platform/node/files.js";
import { shownName } from "../../redact.js";
import type { ClientCertificate } from "../../transport/client-certificate.js";
import type { Transport } from "../../transport/transport.js";
import { parseCredentials } from "../credential-file.js";

/** Where the certificate is. */
export interface CertificatePaths {
  /** `undefined`: the well-known location. */
  readonly configPath: string | undefined;
  readonly chainPath: string | undefined;
}

/** A certificate that was read from files. */
interface CertificateText extends ClientCertificate {
  readonly cert: string;
  readonly key: string;
}

/** A certificate and the subject token made of it. */
export interface CertificateIdentity {
  readonly certificate: CertificateText;
  /** JSON: an array of certificates as DER in Base64, the client's first. */
  readonly subjectToken: string;
}

/** Reads the certificate each time, since short-lived ones are replaced in place. */
export async function readCertificate(
  source: string,
  { chainPath, configPath }: CertificatePaths,
): Promise<CertificateIdentity> {
  const path = configPath ?? wellKnownConfig(source);
  const advice =
    "It must contain the paths of the certificate and its key: cert_configs.workload.cert_path and key_path";
  const workload = parseCredentials(await read(source, path), path, advice)
    .nested("cert_configs")
    .nested("workload");
  const [cert, key, chain] = await Promise.all([
    read(source, workload.required("cert_path")),
    read(source, workload.required("key_path")),
    chainPath === undefined ? "" : read(source, chainPath),
  ]);
  const [leaf] = derOf(source, workload.required("cert_path"), cert);
  if (leaf === undefined) throw problem(source, workload.required("cert_path"), "contains no certificate");
  const others = chainPath === undefined ? [] : derOf(source, chainPath, chain);
  const place = others.indexOf(leaf);
  if (place > 0 && chainPath !== undefined)
    throw problem(source, chainPath, "must contain the client's certificate first, or not at all");
  return { certificate: { cert, key }, subjectToken: JSON.stringify(place === 0 ? others : [leaf, ...others]) };
}

/** The path in the environment, else that of gcloud's file. */
function wellKnownConfig(source: string): string {
  const { env, platform } = process;
  const path =
    env["GOOGLE_API_CERTIFICATE_CONFIG"] || gcloudFile("certificate_config.json", env, platform, homeFolder());
  if (path) return path;
  throw new AuthError(
    "KEY_FILE_UNREADABLE",
    `${source}: cannot find the certificate: GOOGLE_API_CERTIFICATE_CONFIG is not set, and gcloud's folder is unknown`,
  );
}

/** Returns a transport that presents this certificate. Each connection ends with its response, so none stays open. */
export async function mutualTls(source: string, { cert, key }: CertificateText): Promise<Transport> {
  try {
    createSecureContext({ cert, key });
  } catch {
    // OpenSSL's message may quote the key.
    throw new AuthError("KEY_BROKEN", `${source}: the certificate and its key do not match, or one of them is damaged`);
  }
  const { isolatedTransport } = await import("../../transport/node/isolated.js");
  return isolatedTransport({ cert, key }).transport;
}

function read(source: string, path: string): Promise<string> {
  return readTextFile(
    path,
    (message) => new AuthError("KEY_FILE_UNREADABLE", `${source}: ${shownName(path)} ${message}`),
  );
}

function derOf(source: string, path: string, pem: string): string[] {
  try {
    const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
    return blocks.map((block) => new X509Certificate(block).raw.toString("base64"));
  } catch {
    throw problem(source, path, "contains a damaged certificate");
  }
}

function problem(source: string, path: string, message: string): AuthError {
  return new AuthError("KEY_BROKEN", `${source}: ${shownName(path)} ${message}`);
}
