/** Decodes JSON responses. */
import { parseValue, textOf } from "../decode/read.js";
import type { PreparedCall } from "./prepared-call.js";
import type { Sent } from "./send.js";

/** Returns the value of a JSON response. Only custom transports stream the body; then it returns a promise. */
export function decodeJson(call: PreparedCall, sent: Sent): unknown {
  if (call.method.response === undefined) return undefined;
  const text = textOf(sent.request, sent.response);
  return typeof text === "string" ? parse(call, sent, text) : text.then((read) => parse(call, sent, read));
}

function parse(call: PreparedCall, { request, response }: Sent, text: string): unknown {
  const value = parseValue(call.core.api, request, response, text);
  if (Array.isArray(value) && call.method.response === "json") warnOfArray(call);
  return value;
}

/** Every property of the type would be `undefined`. */
function warnOfArray({ core: { api, log }, method: { id } }: PreparedCall): void {
  const text = `${id}: the response is a JSON array, but its type is one message. If the method streams its responses, set \`streaming: { "${id}": true }\` for ${api.id} in discogen.config.ts and generate its client again`;
  log?.("warn", text, { methodId: id });
}
