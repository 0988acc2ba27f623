/** Bodies as text, and text as the value of a call. */
import type { ApiDescriptor } from "../method.js";
import { responseTooLarge, sizeLimit } from "../transport/size-limit.js";
import type { HttpRequest, HttpResponse } from "../transport/transport.js";
import { invalidResponse } from "./api-error.js";

/** The value of a 2xx. Throws an `ApiError` with code `INVALID_RESPONSE` where its body is no JSON. */
export function parseValue(api: ApiDescriptor, request: HttpRequest, response: HttpResponse, text: string): unknown {
  // 204, and servers that answer an empty message with no body at all.
  if (text === "") return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = withoutMark(text);
    if (value === undefined) {
      const end = text.trimStart().startsWith("<")
        ? "its body is a web page, not JSON"
        : `its body of ${String(text.length)} characters is not JSON, or not all of it`;
      throw invalidResponse(request, response.status, response.headers, end);
    }
  }
  if (api.dataWrapper !== true || typeof value !== "object" || value === null || !("data" in value)) return value;
  return value.data;
}

function withoutMark(text: string): unknown {
  if (!text.startsWith("\ufeff")) return undefined;
  try {
    return JSON.parse(text.slice(1));
  } catch {
    return undefined;
  }
}

/** A body as text, cut after about `limit` bytes. */
export async function readText(body: HttpResponse["body"], limit: number): Promise<string> {
  if (typeof body === "string") return body;
  const decoder = new TextDecoder();
  if (body instanceof Uint8Array) return decoder.decode(body.subarray(0, limit));
  let text = "";
  let left = limit;
  for await (const chunk of body) {
    text += decoder.decode(chunk.subarray(0, left), { stream: true });
    left -= chunk.length;
    // Not 0: a body of exactly so many bytes ends by itself, and its connection can be used again.
    if (left < 0) break;
  }
  return text + decoder.decode();
}

/**
 * The body of a success as text: at once where it is a string, as it is by default.
 *
 * @throws DiscogenError `RESPONSE_TOO_LARGE` for more than the request allows, of which reading stops
 */
export function textOf(request: HttpRequest, { body }: HttpResponse): string | Promise<string> {
  // A transport of the user's need not know the limit. No string has more characters than bytes.
  const limit = sizeLimit(request);
  if (typeof body === "string" || body instanceof Uint8Array) {
    if (body.length > limit) throw responseTooLarge(request);
    return typeof body === "string" ? body : new TextDecoder().decode(body);
  }
  return readText(bounded(request, body, limit), limit);
}

async function* bounded(
  request: HttpRequest,
  body: AsyncIterable<Uint8Array>,
  limit: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > limit) throw responseTooLarge(request);
    yield chunk;
  }
}
