/** Reads AWS keys: those that AWS returns as JSON, and those of the caller's function. */
import type { AuthError } from "../../errors.js";
import type { JsonObject } from "../credential-file.js";
import type { Expiring } from "../token-cache.js";
import type { AwsKeys } from "./sigv4.js";

/** Keys, and how long they can be cached. */
export interface IssuedKeys extends Expiring {
  readonly keys: AwsKeys;
  /** The region that the caller's function returned. */
  readonly region?: string | undefined;
}

/** Whether a text is the name of an AWS region, which becomes a part of a host name. */
export function isRegion(text: string): boolean {
  return /^[a-z0-9-]{1,63}$/.test(text);
}

/** The keys in a response of AWS. `undefined` if it has none. */
export function keysIn({ AccessKeyId, SecretAccessKey, Token }: JsonObject): AwsKeys | undefined {
  if (!isSecret(AccessKeyId) || !isSecret(SecretAccessKey)) return undefined;
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: isSecret(Token) ? Token : undefined,
  };
}

/** Checks what the caller's function returned. Keys without an expiration are not cached. */
export function readGivenKeys(given: unknown, problem: (message: string) => AuthError): IssuedKeys {
  if (typeof given !== "object" || given === null)
    throw problem("must return an object with accessKeyId and secretAccessKey");
  const { accessKeyId, expiration, region, secretAccessKey, sessionToken } = given as JsonObject; // any object
  const faults: string[] = [];
  const read = (name: string, value: unknown): string => {
    if (isSecret(value)) return value;
    faults.push(`${name} must be a non-empty string without spaces`);
    return "";
  };
  const obtained = Date.now();
  const expires = expiration === undefined || expiration === null ? obtained : readTime(expiration);
  if (Number.isNaN(expires)) faults.push("expiration must be a Date, milliseconds since the epoch, or ISO 8601");
  const isAbsent = region === undefined || region === null;
  if (!isAbsent && !(typeof region === "string" && isRegion(region)))
    faults.push("region must be an AWS region, for example eu-west-1");
  const keys: AwsKeys = {
    accessKeyId: read("accessKeyId", accessKeyId),
    secretAccessKey: read("secretAccessKey", secretAccessKey),
    sessionToken: sessionToken === undefined || sessionToken === null ? undefined : read("sessionToken", sessionToken),
  };
  // The message never quotes a value, which may be a key.
  if (faults.length > 0) throw problem(`returned invalid credentials: ${faults.join("; ")}`);
  return { keys, region: isAbsent ? undefined : String(region), obtained, expires };
}

/** Returns milliseconds since the epoch, or `NaN`. */
export function readTime(value: unknown): number {
  if (value instanceof Date) return value.getTime();
  if (typeof value === "string") return Date.parse(value);
  return typeof value === "number" ? value : Number.NaN;
}

/** Whether a value can be a part of a header. */
function isSecret(value: unknown): value is string {
  return typeof value === "string" && /^[\u0021-\u007e]+$/.test(value);
}
