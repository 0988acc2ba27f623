/** Proof Key for Code Exchange (RFC 7636): only the program that requested a code can exchange it. */
import { AuthError } from "../../errors.js";
import { base64 } from "../../platform/bytes.js";

/** Returns 256 random bits as 43 characters, for a code verifier or a state. */
export function randomText(): string {
  return base64Url(crypto.getRandomValues(new Uint8Array(32)));
}

/** Returns the challenge for a verifier, by the method `S256`. */
export async function challengeOf(verifier: string): Promise<string> {
  // Pages that are not loaded over https have no `crypto.subtle`.
  const subtle = crypto.subtle as typeof crypto.subtle | undefined;
  if (subtle === undefined)
    throw new AuthError("CONSENT_DENIED", "OAuthClient: consent needs crypto.subtle. Load the page over https");
  return base64Url(new Uint8Array(await subtle.digest("SHA-256", new TextEncoder().encode(verifier))));
}

/** Whether a text can be a code verifier (RFC 7636 §4.1). */
export function isVerifier(text: unknown): text is string {
  return typeof text === "string" && /^[\w.~-]{43,128}$/.test(text);
}

/** Compares two texts in a time that does not depend on where they differ. */
export function isSame(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let index = 0; index < b.length; index++) difference |= a.charCodeAt(index) ^ b.charCodeAt(index);
  return difference === 0;
}

function base64Url(bytes: Uint8Array): string {
  return base64(bytes).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}
