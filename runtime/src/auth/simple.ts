/** Credentials that only hold what they were given. */
import { InvalidRequestError } from "../errors.js";
import { type InstanceCheck, instancesOf } from "../kinds.js";
import { registerCachedHeaders } from "./cached-headers.js";
import type { Credentials } from "./credentials.js";
import { type CredentialsSummary, identify, summaryOf } from "./summary.js";

/** No control characters, no spaces: what fits an Authorization header, and what no line break was left in. */
const secret: RegExp = /^[\u0021-\u007e]+$/;

function checkSecret(subject: string, parameter: string, value: unknown): void {
  if (typeof value === "string" && secret.test(value)) return;
  const message =
    typeof value === "string" && value !== ""
      ? "holds a space, a line break or another character that none has"
      : "must be a non-empty string";
  throw new InvalidRequestError(subject, [{ parameter, message }], "INVALID_OPTION");
}

/** An OAuth 2.0 access token got elsewhere, as it is: nothing refreshes it when it expires, after an hour mostly. */
export class AccessTokenCredentials implements Credentials {
  static readonly [Symbol.hasInstance]: InstanceCheck = /* @__PURE__ */ instancesOf("AccessTokenCredentials");
  readonly #headers: Record<string, string>;

  /** @throws InvalidRequestError where this can be no token. */
  constructor(token: string) {
    checkSecret("AccessTokenCredentials", "token", token);
    this.#headers = Object.freeze({ authorization: `Bearer ${token}` });
    registerCachedHeaders(this, () => this.#headers);
    identify(this, "AccessTokenCredentials");
  }

  getRequestHeaders(): Promise<Record<string, string>> {
    return Promise.resolve(this.#headers);
  }

  /** A description without secrets, which `console.log` shows as well. */
  toJSON(): CredentialsSummary {
    return summaryOf("AccessTokenCredentials");
  }
}

/** An API key, sent as `X-Goog-Api-Key`: it names a project, not a person or a service account. */
export class ApiKeyCredentials implements Credentials {
  static readonly [Symbol.hasInstance]: InstanceCheck = /* @__PURE__ */ instancesOf("ApiKeyCredentials");
  readonly #headers: Record<string, string>;

  /** @throws InvalidRequestError where this can be no key. */
  constructor(key: string) {
    checkSecret("ApiKeyCredentials", "key", key);
    this.#headers = Object.freeze({ "x-goog-api-key": key });
    registerCachedHeaders(this, () => this.#headers);
    identify(this, "ApiKeyCredentials");
  }

  getRequestHeaders(): Promise<Record<string, string>> {
    return Promise.resolve(this.#headers);
  }

  /** A description without secrets, which `console.log` shows as well. */
  toJSON(): CredentialsSummary {
    return summaryOf("ApiKeyCredentials");
  }
}

/** No sign-in, on purpose: for public data and emulators. */
export class AnonymousCredentials implements Credentials {
  static readonly [Symbol.hasInstance]: InstanceCheck = /* @__PURE__ */ instancesOf("AnonymousCredentials");
  /** Tells a client that nothing to sign with is what is wanted. */
  readonly anonymous = true as const;

  constructor() {
    identify(this, "AnonymousCredentials");
  }

  getRequestHeaders(): Promise<Record<string, string>> {
    return Promise.resolve({});
  }

  /** A description without secrets, which `console.log` shows as well. */
  toJSON(): CredentialsSummary {
    return summaryOf("AnonymousCredentials");
  }
}
