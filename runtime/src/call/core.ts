/** What clients, resources and calls share, under one key so that a document may name its members as it likes. */
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
