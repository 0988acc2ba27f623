/**
 * The first call of a program, with the requests for its token. It goes over Node's own client, which is ready in a
 * third of the time; a program that makes one call never loads undici.
 */
import { diagnostics } from "../platform/node/environment.js";
import { nodeClient } from "./node-client.js";
import { readProxies } from "./proxies.js";
import { exchange } from "./sender.js";
import type { HttpRequest, HttpResponse } from "./transport.js";

let isOver = false;

/** Sends a request of the first call; `undefined` where there was a call before, or this one is for undici. */
export function sendFirst(request: HttpRequest): Promise<HttpResponse> | undefined {
  if (isOver || isUndiciChosen() || readProxies() !== undefined) return undefined;
  const response = sendByNode(request);
  // A token is not what a program is started for.
  return request.methodId === undefined ? response : response?.finally(() => (isOver = true));
}

/** Sends a request over Node's client; `undefined` where content comes or goes at the pace of who takes it. */
export function sendByNode(request: HttpRequest): Promise<HttpResponse> | undefined {
  const { body, stream } = request;
  const isStream = stream === true || (typeof body === "object" && !(body instanceof Uint8Array));
  return isStream ? undefined : exchange(nodeClient, true, request);
}

/** The program has loaded undici, or listens to it. */
function isUndiciChosen(): boolean {
  const globalDispatcher: unknown = Reflect.get(globalThis, Symbol.for("undici.globalDispatcher.1"));
  return globalDispatcher !== undefined || diagnostics()?.hasSubscribers("undici:request:create") === true;
}
