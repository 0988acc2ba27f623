/** Reads and checks the key of a service account. Errors name the file and the member, never its value. */
import type { AuthError, AuthErrorCode } from "../errors.js";
import type { Url } from "../platform-types.js";
import type { CredentialFile, FileKind } from "./credential-file.js";
import { readPrivateKey } from "./private-key.js";

/** The key of a service account, as downloaded from the Cloud console. Other members are ignored. */
export interface ServiceAccountKey {
  readonly type?: string;
  readonly client_email: string;
  /** PEM, PKCS#8 or PKCS#1. */
  readonly private_key: string;
  readonly private_key_id?: string;
  readonly project_id?: string;
  readonly quota_project_id?: string;
  /** Where assertions are exchanged for tokens. Default: Google's. */
  readonly token_uri?: string;
  /** The cloud that the account belongs to. Default: `googleapis.com`. */
  readonly universe_domain?: string;
}

/** A checked key. */
export interface Key {
  /** The file's name, or `the key`; for messages. */
  readonly source: string;
  readonly email: string;
  /** PKCS#8. */
  readonly pem: string;
  readonly id: string | undefined;
  readonly quotaProject: string | undefined;
  readonly universe: string;
  /** The token endpoint. */
  readonly endpoint: Url;
  /** The audience of assertions. */
  readonly audience: string;
  /** An error about one member of the key. */
  problem(code: AuthErrorCode, member: string, message: string): AuthError;
}

/** What this class takes, for messages about other files. */
export const keyKind: FileKind = {
  type: "service_account",
  advice: 'ServiceAccountCredentials takes the JSON key of a service account, with "type": "service_account"',
  fromJson: "ServiceAccountCredentials.fromJSON",
};

/** Checks the members of a key. */
export function readKey(file: CredentialFile): Key {
  // Keys that were reduced to the necessary members have no type.
  if (file.type !== undefined || !("client_email" in file.members)) file.expect(keyKind);
  const universe = file.universe();
  const audience = `https://oauth2.${universe}/token`;
  return {
    source: file.source,
    email: file.required("client_email"),
    pem: readPem(file.required("private_key"), file),
    id: file.text("private_key_id"),
    quotaProject: file.text("quota_project_id"),
    universe,
    endpoint: file.endpoint("token_uri", audience),
    audience,
    problem: (code, member, message) => file.problem(code, member, message),
  };
}

/** Reads the key, and repairs what happened to it on its way here. */
function readPem(text: string, file: CredentialFile): string {
  const reading = readPrivateKey(text);
  if ("pem" in reading) return reading.pem;
  throw file.problem("KEY_BROKEN", "private_key", reading.fault);
}
