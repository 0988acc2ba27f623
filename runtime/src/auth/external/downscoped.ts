/** Tokens with fewer permissions than their source credentials: credential access boundaries, for Cloud Storage. */
import { AuthError, type Fault, InvalidRequestError } from "../../errors.js";
import { type InstanceCheck, instancesOf } from "../../kinds.js";
import { lowerCase } from "../../request/headers.js";
import { defaultUniverse } from "../universe.js";
import type { JsonObject } from "../credential-file.js";
import { type Credentials, withDefaultScopes } from "../credentials.js";
import { type Network, TokenRefusal } from "../endpoint.js";
import { iamScope } from "../iam.js";
import { type IssuedToken, readAccessToken } from "../token-request.js";
import { projectFactsOf, TokenCredentials, type TokenKind, type TokenOptions, Tokens } from "../tokens.js";
import { accessTokenType, exchangeToken } from "./sts.js";

/** Limits what a token may do to what at least one of 1 to 10 rules allows. */
export interface CredentialAccessBoundary {
  readonly accessBoundary: { readonly accessBoundaryRules: readonly AccessBoundaryRule[] };
}

/** What a token may do with one resource. */
export interface AccessBoundaryRule {
  /** `//storage.googleapis.com/projects/_/buckets/BUCKET`. */
  readonly availableResource: string;
  /** Roles: `inRole:roles/storage.objectViewer`. */
  readonly availablePermissions: readonly string[];
  readonly availabilityCondition?: {
    /** In CEL: `resource.name.startsWith('projects/_/buckets/BUCKET/objects/customer-a')`. */
    readonly expression: string;
    readonly title?: string;
    readonly description?: string;
  };
}

/** Options of {@link DownscopedCredentials}. */
export type DownscopedOptions = Omit<TokenOptions, "scopes">;

const name = "DownscopedCredentials";

/** The maximum number of rules of a boundary. */
const ruleLimit = 10;

/** Milliseconds to cache a token without `expires_in`. It expires with the user's token, whose age is unknown. */
const unknownLifetime: number = 5 * 60_000;

/**
 * Credentials that are limited to a boundary. A broker with more permissions creates them, and passes the headers of
 * `getRequestHeaders()` to clients with fewer permissions.
 */
export class DownscopedCredentials extends TokenCredentials {
  static override readonly [Symbol.hasInstance]: InstanceCheck = /* @__PURE__ */ instancesOf("DownscopedCredentials");
  /**
   * @param source The credentials to limit. Credentials without scopes get the scope `cloud-platform`.
   * @throws InvalidRequestError `INVALID_OPTION`, which lists every problem of the boundary
   */
  constructor(source: Credentials, boundary: CredentialAccessBoundary, options: DownscopedOptions = {}) {
    checkBoundary(boundary);
    super(Tokens.of(kindOf(withDefaultScopes(source, [iamScope]), boundary), options));
  }
}

function kindOf(source: Credentials, { accessBoundary }: CredentialAccessBoundary): TokenKind {
  // A copy, since the caller may change the object later.
  const boundary: object = structuredClone({ accessBoundary });
  return {
    name,
    source: name,
    withoutScopes: "none",
    get universeDomain() {
      return source.universeDomain;
    },
    get project() {
      return projectFactsOf(source);
    },
    async getToken({ network }) {
      const authorization = await authorizationOf(source, network);
      try {
        return await exchange(source, boundary, authorization, network);
      } catch (error) {
        if (!(error instanceof TokenRefusal) || source.invalidate === undefined) throw error;
        // The source's token may have been revoked.
        source.invalidate(authorization);
        const next = await authorizationOf(source, network);
        if (next === authorization) throw error;
        return exchange(source, boundary, next, network);
      }
    },
  };
}

async function exchange(
  source: Credentials,
  boundary: object,
  authorization: string,
  network: Network,
): Promise<IssuedToken> {
  const target = { account: name, url: new URL(`https://sts.${source.universeDomain ?? defaultUniverse}/v1/token`) };
  const members = await exchangeToken(network, {
    ...target,
    subjectToken: authorization.slice("Bearer ".length),
    subjectTokenType: accessTokenType,
    options: boundary,
  });
  const { lifetime, token } = readAccessToken(target, members);
  return { token, lifetime: members["expires_in"] === undefined ? unknownLifetime : lifetime };
}

async function authorizationOf(source: Credentials, network: Network): Promise<string> {
  const { authorization } = lowerCase(await source.getRequestHeaders(undefined, network));
  if (authorization !== undefined && /^Bearer \S+$/.test(authorization)) return authorization;
  throw new AuthError("NO_CREDENTIALS", `${name}: the source credentials returned no access token`);
}

function checkBoundary(boundary: unknown): void {
  const faults: Fault[] = [];
  const fault = (parameter: string, message: string): void => void faults.push({ parameter, message });
  const path = "accessBoundary.accessBoundaryRules";
  const rules = memberOf(memberOf(boundary, "accessBoundary"), "accessBoundaryRules");
  if (!Array.isArray(rules) || rules.length === 0 || rules.length > ruleLimit)
    fault(path, `must be an array of 1 to ${String(ruleLimit)} rules`);
  else {
    for (const [index, rule] of rules.entries()) {
      const place = `${path}[${String(index)}]`;
      const permissions = memberOf(rule, "availablePermissions");
      if (!isText(memberOf(rule, "availableResource")))
        fault(`${place}.availableResource`, "must be a non-empty string");
      if (!Array.isArray(permissions) || permissions.length === 0 || !permissions.every(isText))
        fault(`${place}.availablePermissions`, "must be a non-empty array of strings");
      const condition = memberOf(rule, "availabilityCondition");
      if (condition !== undefined && !isText(memberOf(condition, "expression")))
        fault(`${place}.availabilityCondition.expression`, "must be a non-empty string");
    }
  }
  if (faults.length > 0) throw new InvalidRequestError(name, faults, "INVALID_OPTION");
}

function memberOf(value: unknown, member: string): unknown {
  return (Object(value) as JsonObject)[member]; // any value can be read by name
}

function isText(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}
