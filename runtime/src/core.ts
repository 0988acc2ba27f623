/** What a client and its resources share, under one key so that a document may name its members as it likes. */
import { type AuthorizationHeaders, cachedHeadersOf } from "./auth/cached-headers.js";
import { type Credentials, type CredentialsContext, isAnonymous, withDefaultScopes } from "./auth/credentials.js";
import { checkNames } from "./check-names.js";
import { endpointOf } from "./endpoint.js";
import { DiscogenError, type Fault, InvalidRequestError } from "./errors.js";
import { type ApiDescriptor, descriptorVersion } from "./method.js";
import {
  type BatchOptions,
  type ClientOptions,
  certificateOptions,
  checkLimits,
  checkResponseSize,
  clientOptions,
} from "./options.js";
import { platformTransport } from "./platform/node/transport.js";
import type { AbortSignal } from "./platform/types.js";
import { type RetryBudget, budgetOf } from "./policy/budget.js";
import { type Log, logOf } from "./policy/logger.js";
import { withLimits } from "./policy/limits.js";
import { withMiddleware } from "./policy/middleware.js";
import type { RequestBase } from "./request/build.js";
import { shownName } from "./redact.js";
import { type HeaderRecord, apiClient, readHeader, readHeaders, userAgent } from "./request/headers.js";
import { type RootUrl, isLoopback } from "./root-url.js";
import { type CertificateSource, readMtls } from "./transport/client-certificate.js";
import { type Transport, isSelfLimited } from "./transport/transport.js";
import { checkUniverse, isOfUniverse } from "./universe.js";
import { version } from "./version.js";

/** The key under which clients and resources keep their state. Not for applications. Copies of one version share it. */
export const core: unique symbol = Symbol.for(`@discogen/runtime.core ${version}`);

/** A client, a resource, or anything else that can make calls. */
export interface CoreHolder {
  readonly [core]: () => Core;
}

/**
 * The base of clients and resources: holds the core, and no member with a name. The type is written out because a
 * class with a computed member needs the compiler to infer its declaration.
 */
export const Holder: new (value: Core) => CoreHolder = class implements CoreHolder {
  declare readonly [core]: () => Core;

  constructor(value: Core) {
    // A function, since `util.inspect` shows hidden properties, and the core holds the token. No private field, which a
    // proxy of the client would not have.
    Object.defineProperty(this, core, { value: () => value });
  }
};

/** The core of a client or resource. */
export function coreOf(holder: CoreHolder): Core {
  // Callers without type checks may pass anything, and so may those with two copies of this package.
  const found = (holder as CoreHolder | undefined)?.[core] as (() => Core) | undefined;
  if (found !== undefined) return found();
  const fault: Fault = {
    parameter: "parent",
    message: `is not a client or resource of @discogen/runtime ${version}`,
  };
  throw new InvalidRequestError("Resource", [fault], "INVALID_OPTION");
}

/** The state of a client. Not for applications: nothing of it is stable. */
export interface Core extends RequestBase {
  readonly options: ClientOptions;
  readonly origin: string;
  /** With a slash at the end. */
  readonly rootUrl: string;
  /** Where credentials must belong; `undefined`: anywhere. */
  readonly universe: string | undefined;
  readonly transport: Transport;
  readonly credentialsContext: CredentialsContext;
  readonly memo: Memo;
  readonly budget: RetryBudget;
  readonly log: Log | undefined;
  /** The credentials, narrowed to the API's scopes where they had none. */
  credentials(): Credentials | undefined;
  /** Headers of those credentials, where nothing has to be waited for. */
  atHand(): AuthorizationHeaders | undefined;
  /** Ends every call, beside the signal of each: set for those of a batch. */
  readonly signal: AbortSignal | undefined;
  /** Set where the client is a batch, right after it is made. */
  batch: BatchState | undefined;
}

/** What makes a client a batch. */
export interface BatchState {
  /** The client that the batch was made of. Pages and polls that follow a call are its ordinary requests. */
  readonly client: CoreHolder;
  /** Takes calls until the batch is sent, then there is another. */
  readonly collector: { readonly core: Core; add(call: Promise<unknown>): void };
  send(options: BatchOptions): Promise<PromiseSettledResult<unknown>[]>;
}

/** The last sign-in, so that calls with the same token need not work it out again. */
export interface Memo {
  /** A signature, */
  signature: HeaderRecord | undefined;
  /** and that signature joined with the headers of every request. */
  signed: HeaderRecord;
}

/**
 * The core of a client with these options. Throws an `InvalidRequestError` that lists every invalid one, or an
 * `AuthError` for credentials of another universe.
 */
export function createCore(api: ApiDescriptor, options: ClientOptions): Core {
  checkDescriptors(api);
  const faults: Fault[] = [];
  checkNames(options, clientOptions, faults);
  checkLimits(options, faults);
  checkResponseSize(options, faults);
  checkAuth(options.auth, faults);
  if (typeof options.mtls === "object") checkNames(options.mtls, certificateOptions, faults, "mtls.");
  const { certificate, isMtlsEndpoint } = readMtls(options, faults);
  const { root, universe } = endpointOf(api, options, isMtlsEndpoint, faults);
  if (options.auth !== undefined && faults.length === 0) checkSecure(root, options.auth, faults);
  const transport = transportOf(options, certificate, faults);
  const own = readHeaders(options.headers, faults);
  const agent = readHeader("userAgent", options.userAgent, faults);
  const quotaProject = readHeader("quotaProject", options.quotaProject, faults);
  checkWatchers(options, faults);
  if (faults.length > 0) throw new InvalidRequestError(`the client of ${api.id}`, faults, "INVALID_OPTION");
  if (options.auth !== undefined) checkUniverse(`the client of ${api.id}`, options.auth, universe);
  const isOwn = isSelfLimited(transport) && certificate === undefined;
  const limited = isOwn ? transport : withLimits(transport);
  return {
    api,
    options,
    origin: root.origin,
    rootPath: root.path,
    rootUrl: root.origin + root.path,
    universe,
    transport: withMiddleware(limited, options.middleware),
    credentialsContext: { transport: limited },
    memo: { signature: undefined, signed: {} },
    budget: budgetOf(root.origin, options.transport),
    log: logOf(options.logger),
    ...scopedOnce(api, options.auth, universe),
    signal: undefined,
    batch: undefined,
    ownHeaders: new Set(Object.keys(own)),
    headers: {
      accept: "application/json",
      "accept-encoding": "gzip",
      "user-agent": agent === undefined ? userAgent : `${agent} ${userAgent}`,
      "x-goog-api-client": apiClient,
      ...(quotaProject === undefined ? {} : { "x-goog-user-project": quotaProject }),
      ...own,
    },
  };
}

/** Reading tables of another version would send wrong requests. */
function checkDescriptors({ descriptors, id }: ApiDescriptor): void {
  if (descriptors === descriptorVersion) return;
  // Code generated by another version may hold anything here.
  const found: unknown = descriptors;
  const generated =
    typeof found === "number" ? `descriptors of version ${String(found)}` : "descriptors of an older version";
  const update = Number(found) > descriptorVersion ? "Update @discogen/runtime, or run" : "Run";
  throw new DiscogenError(
    "REGENERATE",
    `the client of ${id} has ${generated}, and this @discogen/runtime reads version ${String(descriptorVersion)}. ${update} \`npx discogen generate ${id}\`.`,
  );
}

/** Gives credentials without scopes those of the API, at the first use. */
function scopedOnce(
  { scopes }: ApiDescriptor,
  auth: Credentials | undefined,
  universe: string | undefined,
): Pick<Core, "atHand" | "credentials"> {
  let ready: Credentials | undefined;
  let shortCut: (() => AuthorizationHeaders | undefined) | undefined;
  const credentials = (): Credentials | undefined => {
    if (ready === undefined && auth !== undefined) {
      ready = withDefaultScopes(auth, scopes);
      shortCut = cachedHeadersOf(ready);
    }
    return ready;
  };
  const atHand = (): AuthorizationHeaders | undefined => {
    const found = credentials();
    return found !== undefined && isOfUniverse(found, universe) ? shortCut?.() : undefined;
  };
  return { credentials, atHand };
}

function checkAuth(auth: unknown, faults: Fault[]): void {
  if (auth === undefined) return;
  const fault = (message: string): void => void faults.push({ parameter: "auth", message });
  if (typeof auth === "string")
    fault("must be credentials, not a string: pass new ApiKeyCredentials(key) or new AccessTokenCredentials(token)");
  else if (auth instanceof Promise) fault("is a promise: await it first");
  else if (
    typeof auth !== "object" ||
    auth === null ||
    !("getRequestHeaders" in auth) ||
    typeof auth.getRequestHeaders !== "function"
  ) {
    fault("must be credentials: an object with getRequestHeaders()");
  }
}

function checkWatchers({ logger, middleware }: ClientOptions, faults: Fault[]): void {
  if (middleware !== undefined && !(Array.isArray(middleware) && middleware.every((one) => typeof one === "function")))
    faults.push({ parameter: "middleware", message: "must be a list of functions (request, next) => response" });
  if (logger !== undefined && (typeof logger !== "object" || logger === null))
    faults.push({ parameter: "logger", message: "must be an object with debug(), info(), warn(), error()" });
}

function checkSecure(root: RootUrl, auth: Credentials, faults: Fault[]): void {
  if (root.origin.startsWith("https:") || isLoopback(root.hostname) || isAnonymous(auth)) return;
  faults.push({
    parameter: "rootUrl",
    message: `is ${shownName(root.origin)}: credentials are sent over https only, or over http to this machine`,
  });
}

function transportOf(
  { dispatcher, transport }: ClientOptions,
  certificate: CertificateSource | undefined,
  faults: Fault[],
): Transport {
  if (transport !== undefined && typeof transport?.send !== "function")
    faults.push({ parameter: "transport", message: "has no send()" });
  if (transport !== undefined && dispatcher !== undefined)
    faults.push({ parameter: "dispatcher", message: "is of no use beside transport: pass one of them" });
  if (dispatcher !== undefined && typeof dispatcher?.dispatch !== "function")
    faults.push({ parameter: "dispatcher", message: "has no dispatch(): pass an Agent, Pool or the like of undici" });
  return transport ?? platformTransport(dispatcher, certificate);
}
