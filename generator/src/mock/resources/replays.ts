/** Repeats the response to a request with the same `requestId`, without carrying it out again (AIP-155). */
import type { Call } from "../call.js";
import type { HttpResponse } from "../google-error.js";
import { own } from "../json.js";

/** Maximum number of stored responses. */
const LIMIT = 1000;

/** Creates a response, or returns the stored one for the same request. Errors are not stored. */
export type Replay = (call: Call, make: () => HttpResponse | undefined) => HttpResponse | undefined;

export function createReplay(): Replay {
  const responses = new Map<string, HttpResponse>();
  return (call, make) => {
    const { entry, path, query, body = {} } = call;
    const where = entry.method.requestId;
    const id = where === "query" ? query.get("requestId") : where === "body" ? own(body, "requestId") : undefined;
    if (typeof id !== "string" || id === "") return make();
    const key = JSON.stringify([entry.method.id, path, id]);
    const before = responses.get(key);
    if (before !== undefined) return before;
    const response = make();
    if (response !== undefined && response.status < 300) responses.set(key, response);
    const [oldest] = responses.keys();
    if (responses.size > LIMIT && oldest !== undefined) responses.delete(oldest);
    return response;
  };
}
