/** The state of a client. Clients and resources store it under a symbol, which no name of a document equals. */
import type { AuthorizationHeaders } from "../auth/cached-headers.js";
import type { Credentials, CredentialsContext } from "../auth/credentials.js";
import { type Fault, InvalidRequestError } from "../errors.js";
import type { AbortSignal } from "../platform-types.js";
import type { RetryBudget } from "../policy/budget.js";
import type { Log } from "../policy/logger.js";
import type { RequestBase } from "../request/build.js";
import type { HeaderRecord } from "../request/headers.js";
import type { Transport } from "../transport/transport.js";
import { version } from "../version.js";
import type { BatchOptions, ClientOptions } from "./options.js";

/** The key under which clients and resources store the core. Not for applications. Copies of one version share it. */
export const core: unique symbol = Symbol.for(`@discogen/runtime.core ${version}`);

/** A client, a resource, or anything else that can make calls. */
export interface CoreHolder {
  readonly [core]: () => Core;
}

/**
 * The base class of clients and resources. It stores the core and has no named member. The type is explicit, because the
 * declaration of a class with a computed member can only be inferred.
 */
export const Holder: new (value: Core) => CoreHolder = class implements CoreHolder {
  declare readonly [core]: () => Core;

  constructor(value: Core) {
    // A function, because the core contains the token and `util.inspect` shows hidden properties. Not a private field,
    // which a proxy of the client would not have.
    Object.defineProperty(this, core, { value: () => value });
  }
};

/** Returns the core of a client or resource. */
export function coreOf(holder: CoreHolder): Core {
  // Callers without type checks, or with two copies of this package, may pass anything.
  const found = (holder as CoreHolder | undefined)?.[core] as (() => Core) | undefined;
  if (found !== undefined) return found();
  const fault: Fault = {
    parameter: "parent",
    message: `is not a client or resource of @discogen/runtime ${version}`,
  };
  throw new InvalidRequestError("Resource", [fault], "INVALID_OPTION");
}

/** The state of a client. Not for applications: it may change in any version. */
export interface Core extends RequestBase {
  readonly options: ClientOptions;
  readonly origin: string;
  /** Ends with a slash. */
  readonly rootUrl: string;
  /** The universe that credentials must belong to. `undefined`: any. */
  readonly universe: string | undefined;
  readonly transport: Transport;
  readonly credentialsContext: CredentialsContext;
  readonly memo: Memo;
  readonly budget: RetryBudget;
  readonly log: Log | undefined;
  /** Returns the credentials. Those without scopes get the scopes of the API. */
  credentials(): Credentials | undefined;
  /** Returns the headers of the credentials if they are cached. */
  cachedHeaders(): AuthorizationHeaders | undefined;
  /** Aborts every call, in addition to the call's own signal. Set for the calls of a batch. */
  readonly signal: AbortSignal | undefined;
  /** Set if the client is a batch. */
  batch: BatchState | undefined;
}

/** The state of a batch. */
export interface BatchState {
  /** The original client. It requests further pages and polls operations. */
  readonly client: CoreHolder;
  /** Collects calls until the batch is sent. Each `send()` starts a new one. */
  readonly collector: { readonly core: Core; add(call: Promise<unknown>): void };
  send(options: BatchOptions): Promise<PromiseSettledResult<unknown>[]>;
}

/** The headers of the last request, for calls with the same token. */
export interface Memo {
  /** The headers that authorized it. */
  authorization: HeaderRecord | undefined;
  /** They and the headers of every request. */
  headers: HeaderRecord;
}
