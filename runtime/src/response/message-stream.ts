/** The messages of a streamed response. Loaded with the first method that streams. */
import type { ApiDescriptor } from "../method.js";
import type { Sent } from "../policy/send.js";
import { responseTooLarge, sizeLimit } from "../transport/size-limit.js";
import { header } from "../transport/transport.js";
import { apiError, invalidResponse } from "./api-error.js";
import { EventSplitter, JsonSplitter, type Splitter } from "./message-splitter.js";
import { parseValue } from "./read.js";

/**
 * Each message as soon as its last character has arrived.
 *
 * @throws ApiError for an error in place of a message, which ends a stream, and `INVALID_RESPONSE` for a stream that ends
 *   within a message
 * @throws DiscogenError `RESPONSE_TOO_LARGE` for a message longer than `maxResponseBytes`
 */
export async function* messagesOf(
  api: ApiDescriptor,
  { request, response }: Sent,
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<unknown, void, undefined> {
  const isEvents = header(response.headers, "content-type")?.startsWith("text/event-stream") === true;
  const splitter: Splitter = isEvents ? new EventSplitter() : new JsonSplitter();
  const decoder = new TextDecoder();
  const limit = sizeLimit(request);
  const valueOf = (text: string): unknown => {
    const value = parseValue(api, request, response, text);
    const status = errorStatus(value);
    if (status === undefined) return value;
    throw apiError(request, status, response.headers, text);
  };
  for await (const chunk of body) {
    for (const text of splitter.push(decoder.decode(chunk, { stream: true }))) yield valueOf(text);
    if (splitter.rest().length > limit) throw responseTooLarge(request);
  }
  for (const text of splitter.push(`${decoder.decode()}\n\n`)) yield valueOf(text);
  const rest = splitter.rest().trim();
  if (rest !== "")
    throw invalidResponse(request, response.status, response.headers, "its stream ended within a message");
}

/** The HTTP status of `{ "error": { "code": 503, … } }`, which takes the place of a message when the server fails. */
function errorStatus(value: unknown): number | undefined {
  if (typeof value !== "object" || value === null || !("error" in value) || Object.keys(value).length > 1)
    return undefined;
  const { error } = value;
  const code = typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
  return typeof code === "number" && code >= 400 && code <= 599 ? code : undefined;
}
