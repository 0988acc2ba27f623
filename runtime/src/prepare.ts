/** A method, its parameters and options → a call that is ready to be sent. */
import type { Core } from "./core.js";
import { InvalidRequestError } from "./errors.js";
import type { MethodDescriptor } from "./method.js";
import { type CallOptions, checkCallOptions, defaultTimeout } from "./options.js";
import type { AbortSignal } from "./platform.js";
import { CallObserver, isWatched } from "./policy/observe.js";
import type { PreparedCall } from "./policy/prepared-call.js";
import { retryPolicy } from "./policy/retry.js";
import { type Params, buildRequest } from "./request/build.js";
import { requestIdOf, withRequestId } from "./request/request-id.js";
import { withUpdateMask } from "./request/update-mask.js";

/** Everything of a call that is known before its first attempt. */
export function prepare(
  core: Core,
  method: MethodDescriptor,
  params: object | undefined,
  options: CallOptions | undefined,
  media: boolean,
): PreparedCall {
  if (options !== undefined) checkCallOptions(method.id, options);
  const values = withRequestId(method, withUpdateMask(method, paramsOf(method, params)));
  const totalTimeout = options?.totalTimeout ?? core.options.totalTimeout ?? Number.POSITIVE_INFINITY;
  return {
    methodId: method.id,
    httpMethod: method.httpMethod,
    built: buildRequest(core, method, values, options, media),
    stream: media || method.response === "media" || method.response === "stream",
    keepEncoding: media || method.response === "media",
    signal: signalOf(core, options?.signal),
    timeout: options?.timeout ?? core.options.timeout ?? defaultTimeout,
    totalTimeout,
    deadline: totalTimeout === Number.POSITIVE_INFINITY ? totalTimeout : performance.now() + totalTimeout,
    observer: isWatched(core.log) ? new CallObserver(core.api.id, method.id, method.httpMethod, core.log) : undefined,
    retry: () => retryPolicy(method, requestIdOf(method, values), core.options.retry, options?.retry),
  };
}

function signalOf({ signal }: Core, own: AbortSignal | undefined): AbortSignal | undefined {
  return signal === undefined || own === undefined ? (own ?? signal) : globalThis.AbortSignal.any([own, signal]);
}

export const noParams: Params = {};

/** The parameters by name. Throws an `InvalidRequestError` where they are no object. */
export function paramsOf(method: MethodDescriptor, params: object | undefined): Params {
  if (params === undefined) return noParams;
  if (typeof params !== "object" || params === null || Array.isArray(params)) {
    throw new InvalidRequestError(method.id, [{ parameter: "params", message: "must be an object of parameters" }]);
  }
  // Any object can be read by name.
  return params as Params;
}
