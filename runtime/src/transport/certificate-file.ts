/** Reads client certificates and what names them. */
import { InvalidRequestError } from "../errors.js";
import { shownName } from "../redact.js";
import { readTextFile } from "../platform/node/files.js";
import type { CertificateSource, ClientCertificate } from "./client-certificate.js";

/** Reads what is in files. Throws an `InvalidRequestError` that names the file at fault. */
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
      `names no cert_configs.workload.${name}; certificates that a program hands out are not supported`,
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

/** An error about a file or option, with the way out. */
export function unusable(what: string, problem: string): InvalidRequestError {
  return new InvalidRequestError(
    "the client certificate",
    [{ parameter: shownName(what), message: `${problem}. To do without it, pass mtls: false` }],
    "INVALID_OPTION",
  );
}
