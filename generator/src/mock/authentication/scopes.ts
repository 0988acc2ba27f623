/** OAuth scopes that the token endpoint grants. */

/** Scopes of OpenID Connect, which are not URLs. */
const SHORT_SCOPES: ReadonlySet<string> = new Set(["openid", "email", "profile"]);

/** Scopes of Google's APIs. Few are not below `/auth/`: `https://mail.google.com/`, `https://www.google.com/calendar/feeds`. */
const GOOGLE_SCOPES = [
  /^https:\/\/www\.googleapis\.com\/auth\/[\w.-]+(?:\/[\w.-]+)*\/?$/,
  /^https:\/\/[a-z0-9-]+(?:\.[a-z0-9-]+)*\.google\.com\/(?:[\w.-]+(?:\/[\w.-]+)*\/?)?$/,
];

/**
 * Returns true for a scope that can be granted: any well-formed scope of Google, and those of the documents. A method
 * checks later whether the granted scopes are sufficient.
 */
export function isScope(text: string, ofDocuments: ReadonlySet<string>): boolean {
  return SHORT_SCOPES.has(text) || ofDocuments.has(text) || GOOGLE_SCOPES.some((pattern) => pattern.test(text));
}

/** Returns the scopes in a claim, which are separated by spaces. */
export function scopesIn(claim: string | undefined): readonly string[] {
  return (claim ?? "").split(" ").filter((scope) => scope !== "");
}
