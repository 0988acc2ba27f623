/** Answers to requests with a `requestId`, by which the server knows a repetition and does not carry it out again (AIP-155). */
import type { Call } from "../call.js";
import type { Answer } from "../google-error.js";
import { own } from "../json.js";

/** Answers that are remembered, at most. */
const LIMIT = 1000;

/** Makes an answer, or gives the one that was made for the same request before. Failures are not remembered. */
export type Replay = (call: Call, make: () => Answer | undefined) => Answer | undefined;

export function createReplay(): Replay {
  const answers = new Map<string, Answer>();
  return (call, make) => {
    const { entry, path, query, body = {} } = call;
    const where = entry.method.requestId;
    const id = where === "query" ? query.get("requestId") : where === "body" ? own(body, "requestId") : undefined;
    if (typeof id !== "string" || id === "") return make();
    const key = JSON.stringify([entry.method.id, path, id]);
    const before = answers.get(key);
    if (before !== undefined) return before;
    const answer = make();
    if (answer !== undefined && answer.status < 300) answers.set(key, answer);
    const [oldest] = answers.keys();
    if (answers.size > LIMIT && oldest !== undefined) answers.delete(oldest);
    return answer;
  };
}
