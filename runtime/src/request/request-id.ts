/** Request ids, which let a server know a repetition for what it is (AIP-155). */
import type { MethodDescriptor } from "../method.js";
import type { Params } from "./build.js";

/**
 * The parameters with a request id where the method takes one and the caller gave none: the same for every attempt of
 * the call.
 */
export function withRequestId(method: MethodDescriptor, params: Params): Params {
  if (method.requestId === undefined || requestIdOf(method, params) !== undefined) return params;
  const requestId = globalThis.crypto.randomUUID();
  if (method.requestId === "query") return { ...params, requestId };
  const body = params["requestBody"] ?? {};
  // What is no object is refused further on.
  return typeof body === "object" ? { ...params, requestBody: { ...body, requestId } } : params;
}

/** The request id of a call. */
export function requestIdOf(method: MethodDescriptor, params: Params): unknown {
  if (method.requestId !== "body") return params["requestId"];
  const body = params["requestBody"];
  return typeof body === "object" && body !== null && "requestId" in body ? body.requestId : undefined;
}
