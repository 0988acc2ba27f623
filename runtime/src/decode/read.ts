/** Reads bodies as text, and text as JSON. */
import type { ApiDescriptor } from "../method.js";
import { responseTooLarge, sizeLimit } from "../transport/size-limit.js";
import type { HttpRequest, HttpResponse } from "../transport/transport.js";
import { invalidResponse } from "./api-error.js";

/** Parses the body of a successful response. Throws `ApiError` with code `INVALID_RESPONSE` if it is not JSON. */
export function parseValue(api: ApiDescriptor, request: HttpRequest, response: HttpResponse, text: string): unknown {
  // A 204, or a server that sends an empty message without a body.
  if (text === "") return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = withoutMark(text);
    if (value === undefined) {
      const end = text.trimStart().startsWith("<")
        ? "its body is a web page, not JSON"
        : `its body of ${String(text.length)} characters is not JSON, or is incomplete`;
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

/** Reads a body as text and cuts it after about `limit` bytes. */
export async function readText(body: HttpResponse["body"], limit: number): Promise<string> {
  if (typeof body === "string") return body;
  const decoder = new TextDecoder();
  if (body instanceof Uint8Array) return decoder.decode(body.subarray(0, limit));
  let text = "";
  let left = limit;
  for await (const chunk of body) {
    text += decoder.decode(chunk.subarray(0, left), { stream: true });
    left -= chunk.length;
    // Not 0: a body of exactly this size ends by itself, and its connection can be reused.
    if (left < 0) break;
  }
  return text + decoder.decode();
}

/**
 * Reads the body of a successful response as text. Returns a promise only if the body is a stream.
 *
 * @throws DiscogenError `RESPONSE_TOO_LARGE` for a body that is larger than the request allows
 */
export function textOf(request: HttpRequest, { body }: HttpResponse): string | Promise<string> {
  // A custom transport may ignore the limit. No string has more characters than bytes.
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
