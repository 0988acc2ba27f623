/** What `JSON.stringify`, `console.log` and `util.inspect` print of credentials. */
import { setKind } from "../kinds.js";
import { shownName } from "../redact.js";

/** A description of credentials without secrets. Unknown members are absent. */
export interface CredentialsSummary {
  /** The name of the class, for example `ServiceAccountCredentials`. */
  readonly kind: string;
  /** The address of the account. */
  readonly email?: string;
  /** The user to act for. */
  readonly subject?: string;
  readonly scopes?: readonly string[];
  readonly quotaProject?: string;
  readonly universeDomain?: string;
}

/** What is known about credentials. */
type Facts = { readonly [Name in Exclude<keyof CredentialsSummary, "kind">]?: CredentialsSummary[Name] | undefined };

/** Creates a summary. A value that may be a misplaced secret is described instead of shown. */
export function summaryOf(kind: string, facts: Facts = {}): CredentialsSummary {
  const { email, quotaProject, scopes = [], subject, universeDomain } = facts;
  return {
    kind,
    ...text("email", email),
    ...text("subject", subject),
    ...(scopes.length === 0 ? {} : { scopes: scopes.map(shownName) }),
    ...text("quotaProject", quotaProject),
    ...text("universeDomain", universeDomain),
  };
}

function text(name: string, value: string | undefined): { readonly [name: string]: string } {
  return value === undefined ? {} : { [name]: shownName(value) };
}

interface Summarized {
  toJSON(): CredentialsSummary;
}

/**
 * Sets the class of these credentials for `instanceof`, and makes Node print their summary. It is a property, because a
 * method of this name has no simple declaration.
 */
export function identify(credentials: Summarized, kind: string): void {
  setKind(credentials, kind);
  Object.defineProperty(credentials, Symbol.for("nodejs.util.inspect.custom"), { value: inspectSummary });
}

function inspectSummary(
  this: Summarized,
  _depth: number,
  options: object,
  inspect: (value: unknown, options: object) => string,
): string {
  const { kind, ...rest } = this.toJSON();
  return Object.keys(rest).length === 0 ? `${kind} {}` : `${kind} ${inspect(rest, options)}`;
}
