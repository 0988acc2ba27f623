/** Request ids, by which a server recognizes a repetition (AIP-155). */
import { uuid } from "../platform/bytes.js";
import type { MethodDescriptor } from "../method.js";
import type { Params } from "./build.js";
import { isInstance } from "./json.js";

/**
 * The parameters with a request id where the method takes one and the caller gave none: the same for every attempt of
 * the call. An explicit `undefined` leaves it out.
 */
export function withRequestId(method: MethodDescriptor, params: Params): Params {
  if (method.requestId === undefined) return params;
  if (method.requestId === "query")
    return Object.hasOwn(params, "requestId") ? params : { ...params, requestId: uuid() };
  const body = params["requestBody"] ?? {};
  // A copy of an instance would lose its class, and with it what decides how it is sent.
  if (typeof body !== "object" || Array.isArray(body) || isInstance(body) || Object.hasOwn(body, "requestId"))
    return params;
  return { ...params, requestBody: { ...body, requestId: uuid() } };
}

/** The request id of a call. */
export function requestIdOf(method: MethodDescriptor, params: Params): unknown {
  if (method.requestId !== "body") return params["requestId"];
  const body = params["requestBody"];
  return typeof body === "object" && body !== null && "requestId" in body ? body.requestId : undefined;
}
