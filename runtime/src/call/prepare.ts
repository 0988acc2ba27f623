/** Prepares a call: builds its request from method, parameters and options. */
import { type Fault, InvalidRequestError, addFault, invalidRequest } from "../errors.js";
import type { MethodDescriptor } from "../method.js";
import type { AbortSignal } from "../platform-types.js";
import { CallObserver, isObserved } from "../policy/observe.js";
import { retryPolicy } from "../policy/retry.js";
import { type Params, buildRequest } from "../request/build.js";
import { getterOf, isInstance, kindOf } from "../request/json.js";
import { requestIdOf, withRequestId } from "../request/request-id.js";
import { handleErrorsOf } from "../request/streams.js";
import type { Call, CallInput } from "./call.js";
import type { Core } from "./core.js";
import { checkCallOptions, defaultTimeout } from "./options.js";
import type { PreparedCall } from "./prepared-call.js";

/** Returns a call that is ready for its first attempt. */
export function prepare({ core, isDownload: media = false, method, options, params }: CallInput): PreparedCall {
  // The parameters are checked below.
  if (method.request === "bytes") handleErrorsOf((params as Params | undefined)?.["requestBody"], "data");
  if (options !== undefined && !media) checkCallOptions(method.id, options);
  const values = withRequestId(method, paramsOf(method, params));
  const built = buildRequest(core, method, values, options, media);
  // A batch rejects streams, so it must not take them.
  if (built.body?.stream !== undefined && core.signal === undefined) built.body.stream.open();
  const totalTimeout = options?.totalTimeout ?? core.options.totalTimeout ?? Infinity;
  return {
    core,
    methodId: method.id,
    httpMethod: method.httpMethod,
    method,
    params: values,
    built,
    stream: media || method.response === "media" || method.response === "stream",
    keepEncoding: media || method.response === "media",
    signal: signalOf(core, options?.signal),
    timeout: options?.timeout ?? core.options.timeout ?? defaultTimeout,
    totalTimeout,
    deadline: totalTimeout === Infinity ? totalTimeout : performance.now() + totalTimeout,
    observer: isObserved(core.log) ? new CallObserver(core.api.id, method.id, method.httpMethod, core.log) : undefined,
    retry: () => retryPolicy(method, requestIdOf(method, values), core.options.retry, options?.retry),
  };
}

function signalOf({ signal }: Core, own: AbortSignal | undefined): AbortSignal | undefined {
  return signal === undefined || own === undefined ? (own ?? signal) : globalThis.AbortSignal.any([own, signal]);
}

/** The parameters of a call that has none. */
export const noParams: Params = {};

/** Returns a parameter of a call whose parameters have not been checked. */
export function paramOf(params: object | undefined, name: string): unknown {
  // Any object can be read by name. Callers without type checks may pass null.
  return ((params ?? noParams) as Params)[name];
}

/** Rejects parameters of other clients of Google APIs. They would be sent as query parameters. */
export function checkForeignNames({ method, params, resource }: Call): void {
  const { alt, resource: body } = (params ?? noParams) as Params; // any object can be read by name
  const faults: Fault[] = [];
  if (typeof body === "object" && body !== null && !method.path.includes("resource}"))
    addFault(
      faults,
      "resource",
      `is not a parameter: ${method.request === undefined ? "the method takes no body" : "pass the body as requestBody"}`,
    );
  if (alt === "media" && method.response !== "media") {
    const twin = `${method.id.slice(method.id.lastIndexOf(".") + 1)}Media`;
    const message = twin in resource ? `call ${twin}(), which returns the content` : "the method returns no content";
    addFault(faults, "alt", `is set by the client: ${message}`);
  }
  if (faults.length > 0) throw new InvalidRequestError(method.id, faults);
}

/** Returns the parameters by name. Throws `InvalidRequestError` if they are not an object with own properties. */
export function paramsOf(method: MethodDescriptor, params: object | undefined): Params {
  if (params === undefined) return noParams;
  if (typeof params !== "object" || params === null || Array.isArray(params)) {
    throw invalidRequest(method.id, "params", "must be an object of parameters");
  }
  const getter = isInstance(params) ? getterOf(params) : undefined;
  if (getter !== undefined) {
    const message = `is ${kindOf(params)}, whose getter \`${getter}\` would not be sent: pass a plain object`;
    throw invalidRequest(method.id, "params", message);
  }
  // Any object can be read by name.
  return params as Params;
}
