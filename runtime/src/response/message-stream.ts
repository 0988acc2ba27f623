/** Reads the messages of a streamed response. Loaded with the first one. */
import { leadingToCaller } from "../call/call-site.js";
import type { Sent } from "../call/send.js";
import { apiError, invalidResponse } from "../decode/api-error.js";
import { parseValue } from "../decode/read.js";
import type { ApiDescriptor } from "../method.js";
import { abortError } from "../transport/failure.js";
import { responseTooLarge, sizeLimit } from "../transport/size-limit.js";
import { header } from "../transport/transport.js";
import { EventSplitter, JsonSplitter, type MessageLimits } from "./message-splitter.js";

/**
 * Yields each message as soon as its last byte has arrived. The content type decides how the body is read: as
 * server-sent events, else as a JSON array.
 *
 * @throws ApiError for an error in place of a message, which ends a stream; `INVALID_RESPONSE` for an invalid or
 *   incomplete body
 * @throws DiscogenError `RESPONSE_TOO_LARGE` for a message longer than `maxResponseBytes`
 */
export async function* messagesOf(
  api: ApiDescriptor,
  { request, response }: Sent,
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<unknown, void, undefined> {
  const { headers, status } = response;
  const limits: MessageLimits = {
    maxBytes: sizeLimit(request),
    tooLarge: () => responseTooLarge(request),
    invalid: (problem) => invalidResponse(request, status, headers, problem),
  };
  const isEvents = /^text\/event-stream\b/i.test(header(headers, "content-type") ?? "");
  const splitter = isEvents ? new EventSplitter(limits) : new JsonSplitter(limits);
  const valueOf = (text: string): unknown => {
    // Messages that arrived before an abort must not be yielded after it.
    if (request.signal?.aborted === true) throw abortError(request);
    const value = parseValue(api, request, response, text);
    const code = errorCode(value);
    if (code === undefined) return value;
    throw apiError(request, code, headers, text);
  };
  try {
    for await (const chunk of body) for (const text of splitter.push(chunk)) yield valueOf(text);
    for (const text of splitter.end()) yield valueOf(text);
  } catch (error) {
    throw leadingToCaller(error, messagesOf);
  }
}

/** Returns the HTTP status of `{ "error": { "code": 503, … } }`, which a server may send instead of a message. */
function errorCode(value: unknown): number | undefined {
  if (typeof value !== "object" || value === null || !("error" in value) || Object.keys(value).length > 1)
    return undefined;
  const { error } = value;
  const code = typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
  return typeof code === "number" && code >= 400 && code <= 599 ? code : undefined;
}
