/** X.509 certificates as subject tokens: the certificate that the connection to the STS is made with (RFC 8705). */
import { X509Certificate } from "node:crypto";
import { createSecureContext } from "node:tls";
import { AuthError } from "../../errors.js";
import { shownName } from "../../redact.js";
import type { Transport } from "../../transport/transport.js";
import { gcloudFile } from "../../platform/gcloud.js";
import { parseCredentials } from "../credential-file.js";
import { homeFolder } from "../../platform/node/environment.js";
import { readTextFile } from "../../platform/node/files.js";

/** Where the certificate is. */
export interface CertificatePaths {
  /** `undefined`: the well-known place. */
  readonly configPath: string | undefined;
  readonly chainPath: string | undefined;
}

/** A certificate and its key, as PEM, and the certificates that vouch for it. */
export interface ClientCertificate {
  readonly certificate: string;
  readonly key: string;
  /** JSON: a list of certificates as DER in Base64, the client's first. */
  readonly subjectToken: string;
}

/** Reads the certificate anew: short-lived ones are replaced in place. */
export async function readCertificate(
  source: string,
  { chainPath, configPath }: CertificatePaths,
): Promise<ClientCertificate> {
  const path = configPath ?? wellKnownConfig(source);
  const advice = "It must say where the certificate and its key are: cert_configs.workload.cert_path and key_path";
  const workload = parseCredentials(await read(source, path), path, advice)
    .nested("cert_configs")
    .nested("workload");
  const [certificate, key, chain] = await Promise.all([
    read(source, workload.required("cert_path")),
    read(source, workload.required("key_path")),
    chainPath === undefined ? "" : read(source, chainPath),
  ]);
  const [leaf] = derOf(source, workload.required("cert_path"), certificate);
  if (leaf === undefined) throw problem(source, workload.required("cert_path"), "holds no certificate");
  const others = chainPath === undefined ? [] : derOf(source, chainPath, chain);
  const place = others.indexOf(leaf);
  if (place > 0 && chainPath !== undefined)
    throw problem(source, chainPath, "must have the client's certificate first, or not at all");
  return { certificate, key, subjectToken: JSON.stringify(place === 0 ? others : [leaf, ...others]) };
}

/** What the environment names, else gcloud's own file. */
function wellKnownConfig(source: string): string {
  const { env, platform } = process;
  const path =
    env["GOOGLE_API_CERTIFICATE_CONFIG"] || gcloudFile("certificate_config.json", env, platform, homeFolder());
  if (path) return path;
  throw new AuthError(
    "KEY_FILE_UNREADABLE",
    `${source}: neither GOOGLE_API_CERTIFICATE_CONFIG nor gcloud's folder says where the certificate is`,
  );
}

/** A transport that presents this certificate. Its connections end with each answer, so that none is left behind. */
export async function mutualTls(source: string, { certificate, key }: ClientCertificate): Promise<Transport> {
  const connect = { cert: certificate, key };
  try {
    createSecureContext(connect);
  } catch {
    // What OpenSSL says of a key may quote it.
    throw new AuthError("KEY_BROKEN", `${source}: the certificate and its key do not fit together, or one is damaged`);
  }
  const { isolatedTransport } = await import("../../transport/isolated.js");
  return isolatedTransport(connect).transport;
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
    throw problem(source, path, "holds a damaged certificate");
  }
}

function problem(source: string, path: string, message: string): AuthError {
  return new AuthError("KEY_BROKEN", `${source}: ${shownName(path)} ${message}`);
}
