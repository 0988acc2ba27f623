/** Reads client certificates and their configuration files. */
import { InvalidRequestError } from "../errors.js";
import { shownName } from "../redact.js";
import { readTextFile } from "../platform/node/files.js";
import type { CertificateSource, ClientCertificate } from "./client-certificate.js";

/** Reads the files of a certificate. @throws InvalidRequestError `INVALID_OPTION`, which names the invalid file */
export async function readCertificate(source: CertificateSource): Promise<ClientCertificate> {
  if (!("configFile" in source)) return source;
  const { configFile } = source;
  const text = await read(configFile);
  let config: unknown;
  try {
    config = JSON.parse(text);
  } catch {
    throw unusable(configFile, "is not JSON");
  }
  const path = (name: string): string => {
    const value = member(member(member(config, "cert_configs"), "workload"), name);
    if (typeof value === "string" && value !== "") return value;
    throw unusable(
      configFile,
      `contains no cert_configs.workload.${name}. Certificates from a program are not supported`,
    );
  };
  const [certPath, keyPath] = [path("cert_path"), path("key_path")];
  return { cert: await read(certPath), key: await read(keyPath) };
}

function member(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

function read(path: string): Promise<string> {
  return readTextFile(path, (message) => unusable(path, message));
}

/** Creates an error about a file or option. */
export function unusable(what: string, problem: string): InvalidRequestError {
  return new InvalidRequestError(
    "the client certificate",
    [{ parameter: shownName(what), message: `${problem}. To use no certificate, pass mtls: false` }],
    "INVALID_OPTION",
  );
}
