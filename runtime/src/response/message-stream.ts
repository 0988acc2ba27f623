/** The messages of a streamed response. Loaded with the first response that is streamed. */
import { leadingToCaller } from "../call/call-site.js";
import type { ApiDescriptor } from "../method.js";
import type { Sent } from "../call/send.js";
import { abortError } from "../transport/failure.js";
import { responseTooLarge, sizeLimit } from "../transport/size-limit.js";
import { header } from "../transport/transport.js";
import { apiError, invalidResponse } from "../decode/api-error.js";
import { EventSplitter, JsonSplitter, type MessageLimits } from "./message-splitter.js";
import { parseValue } from "../decode/read.js";

/**
 * Yields each message as soon as its last byte has arrived. The content type decides how the body is read: server-sent
 * events, else a JSON array.
 *
 * @throws ApiError for an error in place of a message, which ends a stream; with code `INVALID_RESPONSE` for a body that
 *   is not what it must be, or not all of it
 * @throws DiscogenError with code `RESPONSE_TOO_LARGE` for a message of more than `maxResponseBytes`
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
    // The body stops at an abort, but messages that arrived before it may be left.
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

/** The HTTP status of `{ "error": { "code": 503, … } }`: what a server that fails sends in place of a message. */
function errorCode(value: unknown): number | undefined {
  if (typeof value !== "object" || value === null || !("error" in value) || Object.keys(value).length > 1)
    return undefined;
  const { error } = value;
  const code = typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
  return typeof code === "number" && code >= 400 && code <= 599 ? code : undefined;
}
