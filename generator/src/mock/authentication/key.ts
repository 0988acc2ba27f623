/** The service-account key that each mock generates, in the format of Google's key files. */
import { type KeyObject, generateKeyPair, randomBytes, randomInt } from "node:crypto";
import { promisify } from "node:util";

export interface ServiceAccountKey {
  readonly type: "service_account";
  readonly project_id: string;
  readonly private_key_id: string;
  /** PKCS #8 in PEM. */
  readonly private_key: string;
  readonly client_email: string;
  readonly client_id: string;
  readonly auth_uri: string;
  readonly token_uri: string;
  readonly auth_provider_x509_cert_url: string;
  readonly client_x509_cert_url: string;
  readonly universe_domain: string;
}

export interface RsaKeys {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** Project of the example data. */
const PROJECT = "example-123";

/** Email address of the mock's service account. */
export const CLIENT_EMAIL = `discogen-mock@${PROJECT}.iam.gserviceaccount.com`;

/**
 * Returns true if a file contains a key made by {@link createServiceAccountKey}. Only these have a token endpoint on this
 * machine.
 */
export function isMockKey(content: Uint8Array): boolean {
  try {
    const key: unknown = JSON.parse(Buffer.from(content).toString());
    if (typeof key !== "object" || key === null || !("client_email" in key) || !("token_uri" in key)) return false;
    const { client_email: email, token_uri: tokenUri } = key;
    return (
      email === CLIENT_EMAIL &&
      typeof tokenUri === "string" &&
      /^http:\/\/(?:127\.0\.0\.1|localhost|\[::1\]):\d+\//.test(tokenUri)
    );
  } catch {
    return false;
  }
}

/** Generates 2048-bit keys, the size that Google uses. */
export function createRsaKeys(): Promise<RsaKeys> {
  // Generating them takes 0.2 s. Mocks of one process share them: each mock still has its own key id.
  rsaKeys ??= promisify(generateKeyPair)("rsa", { modulusLength: 2048 });
  return rsaKeys;
}

let rsaKeys: Promise<RsaKeys> | undefined;

/** Paths of the mock that its key file names. */
export const TOKEN_PATH = "/token";
export const CERTIFICATES_PATH = "/oauth2/v1/certs";
export const ACCOUNT_PATH = "/robot/v1/metadata/x509/";

/** Returns a key file for the mock at this URL. */
export function createServiceAccountKey({ privateKey }: RsaKeys, url: string): ServiceAccountKey {
  return {
    type: "service_account",
    project_id: PROJECT,
    private_key_id: randomBytes(20).toString("hex"),
    private_key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    client_email: CLIENT_EMAIL,
    client_id: Array.from({ length: 21 }, () => randomInt(1, 10)).join(""),
    auth_uri: "https://accounts.google.com/o/oauth2/auth",
    token_uri: new URL(TOKEN_PATH, url).href,
    auth_provider_x509_cert_url: new URL(CERTIFICATES_PATH, url).href,
    client_x509_cert_url: new URL(ACCOUNT_PATH + encodeURIComponent(CLIENT_EMAIL), url).href,
    universe_domain: "googleapis.com",
  };
}
