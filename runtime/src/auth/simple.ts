/** Credentials with a fixed value: an access token, an API key, or nothing. */
import { InvalidRequestError } from "../errors.js";
import { type InstanceCheck, instancesOf } from "../kinds.js";
import type { AbortSignal } from "../platform-types.js";
import { registerCachedHeaders } from "./cached-headers.js";
import type { Credentials, WaitOptions } from "./credentials.js";
import { type CredentialsSummary, identify, summaryOf } from "./summary.js";

/** Printable characters without spaces, as a header value needs. A line break at the end is a common mistake. */
const secret: RegExp = /^[\u0021-\u007e]+$/;

function checkSecret(subject: string, parameter: string, value: unknown): void {
  if (typeof value === "string" && secret.test(value)) return;
  const message =
    typeof value === "string" && value !== ""
      ? "contains a space, a line break or another invalid character"
      : "must be a non-empty string";
  throw new InvalidRequestError(subject, [{ parameter, message }], "INVALID_OPTION");
}

const projects: WeakMap<object, Promise<string>> = new WeakMap();

/** The project of the environment. Reads variables and files only, so calls that abort save nothing. */
async function projectOf(credentials: object, signal: AbortSignal | undefined): Promise<string> {
  const { findProject } = await import("./project.js");
  const project = projects.get(credentials) ?? findProject({}, signal);
  projects.set(credentials, project);
  return project.catch((error: unknown) => {
    // The next call searches again.
    projects.delete(credentials);
    throw error;
  });
}

/** An OAuth 2.0 access token from elsewhere. It is not refreshed when it expires, usually after an hour. */
export class AccessTokenCredentials implements Credentials {
  static readonly [Symbol.hasInstance]: InstanceCheck = /* @__PURE__ */ instancesOf("AccessTokenCredentials");
  readonly #headers: Record<string, string>;

  /** @throws InvalidRequestError `INVALID_OPTION` if the text cannot be a token */
  constructor(token: string) {
    checkSecret("AccessTokenCredentials", "token", token);
    this.#headers = Object.freeze({ authorization: `Bearer ${token}` });
    registerCachedHeaders(this, () => this.#headers);
    identify(this, "AccessTokenCredentials");
  }

  getRequestHeaders(): Promise<Record<string, string>> {
    return Promise.resolve(this.#headers);
  }

  /**
   * Returns the project ID: `GOOGLE_CLOUD_PROJECT` or `GCLOUD_PROJECT` of the environment, else the one of gcloud's
   * active configuration. The result is cached.
   *
   * @throws AuthError `NO_PROJECT`, which lists what was tried
   * @throws AbortError if the signal aborts
   */
  getProjectId({ signal }: WaitOptions = {}): Promise<string> {
    return projectOf(this, signal);
  }

  /** A description without secrets. `console.log` prints it too. */
  toJSON(): CredentialsSummary {
    return summaryOf("AccessTokenCredentials");
  }
}

/** An API key, sent as `X-Goog-Api-Key`. It identifies a project, not a user or a service account. */
export class ApiKeyCredentials implements Credentials {
  static readonly [Symbol.hasInstance]: InstanceCheck = /* @__PURE__ */ instancesOf("ApiKeyCredentials");
  readonly #headers: Record<string, string>;

  /** @throws InvalidRequestError `INVALID_OPTION` if the text cannot be a key */
  constructor(key: string) {
    checkSecret("ApiKeyCredentials", "key", key);
    this.#headers = Object.freeze({ "x-goog-api-key": key });
    registerCachedHeaders(this, () => this.#headers);
    identify(this, "ApiKeyCredentials");
  }

  getRequestHeaders(): Promise<Record<string, string>> {
    return Promise.resolve(this.#headers);
  }

  /**
   * Returns the project ID: `GOOGLE_CLOUD_PROJECT` or `GCLOUD_PROJECT` of the environment, else the one of gcloud's
   * active configuration. The result is cached.
   *
   * @throws AuthError `NO_PROJECT`, which lists what was tried
   * @throws AbortError if the signal aborts
   */
  getProjectId({ signal }: WaitOptions = {}): Promise<string> {
    return projectOf(this, signal);
  }

  /** A description without secrets. `console.log` prints it too. */
  toJSON(): CredentialsSummary {
    return summaryOf("ApiKeyCredentials");
  }
}

/** No credentials, on purpose: for public data and emulators. */
export class AnonymousCredentials implements Credentials {
  static readonly [Symbol.hasInstance]: InstanceCheck = /* @__PURE__ */ instancesOf("AnonymousCredentials");
  /** Marks the credentials as anonymous, so that the client sends requests without authorization. */
  readonly anonymous = true as const;

  constructor() {
    identify(this, "AnonymousCredentials");
  }

  getRequestHeaders(): Promise<Record<string, string>> {
    return Promise.resolve({});
  }

  /**
   * Returns the project ID: `GOOGLE_CLOUD_PROJECT` or `GCLOUD_PROJECT` of the environment, else the one of gcloud's
   * active configuration. The result is cached.
   *
   * @throws AuthError `NO_PROJECT`, which lists what was tried
   * @throws AbortError if the signal aborts
   */
  getProjectId({ signal }: WaitOptions = {}): Promise<string> {
    return projectOf(this, signal);
  }

  /** A description without secrets. `console.log` prints it too. */
  toJSON(): CredentialsSummary {
    return summaryOf("AnonymousCredentials");
  }
}
