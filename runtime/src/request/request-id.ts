/** Request ids, which let a server recognize a retry (AIP-155). */
import { uuid } from "../platform/bytes.js";
import type { MethodDescriptor } from "../method.js";
import type { Params } from "./build.js";
import { isInstance } from "./json.js";

/**
 * Returns the parameters with a generated request id if the method has one and the caller passes none. All attempts of
 * a call use the same id. With an explicit `undefined`, none is sent.
 */
export function withRequestId(method: MethodDescriptor, params: Params): Params {
  if (method.requestId === undefined) return params;
  if (method.requestId === "query")
    return Object.hasOwn(params, "requestId") ? params : { ...params, requestId: uuid() };
  const body = params["requestBody"] ?? {};
  // A copy of an instance would lose its class, and with it toJSON().
  if (typeof body !== "object" || Array.isArray(body) || isInstance(body) || Object.hasOwn(body, "requestId"))
    return params;
  return { ...params, requestBody: { ...body, requestId: uuid() } };
}

/** Returns the request id of a call. */
export function requestIdOf(method: MethodDescriptor, params: Params): unknown {
  if (method.requestId !== "body") return params["requestId"];
  const body = params["requestBody"];
  return typeof body === "object" && body !== null && "requestId" in body ? body.requestId : undefined;
}
