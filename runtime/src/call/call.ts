/** A call of a method: what the caller passed, and the steps that send its request and decode its response. */
import type { MethodDescriptor } from "../method.js";
import type { HttpRequest, HttpResponse } from "../transport/transport.js";
import type { CallSite } from "./call-site.js";
import type { Core, CoreHolder } from "./core.js";
import type { CallOptions } from "./options.js";
import type { PreparedCall } from "./prepared-call.js";
import type { Sent } from "./send.js";

/** What a request is prepared from. */
export interface CallInput {
  readonly core: Core;
  readonly method: MethodDescriptor;
  readonly params: object | undefined;
  readonly options: CallOptions | undefined;
  /** Requests the content of the resource (`alt=media`). The options have been checked. */
  readonly isDownload?: boolean;
}

/** One call on its way through the pipeline: prepare, authorize, attempt, retry, decode. */
export interface Call extends CallInput {
  /** The client or resource whose method was called. */
  readonly resource: CoreHolder;
  /** Sends a call that is given `media`. */
  readonly upload: Sender | undefined;
  readonly decode: Decode;
  /** Where the call was made. Only calls of a batch need it. */
  readonly site: CallSite | undefined;
}

/** Sends a call in another way than by one plain request. */
export type Sender = (call: Call) => Promise<{ readonly prepared: PreparedCall; readonly sent: Sent }>;

/** Returns the value of a response, or a promise of it. */
export type Decode = (call: PreparedCall, sent: Sent) => unknown;

/** Receives the response of a call before the call's value. */
export type Keep = (request: HttpRequest, response: HttpResponse) => void;
