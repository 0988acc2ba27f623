/** Bodies as text, and text as the value of a call. */
import type { ApiDescriptor } from "../method.js";
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
export async function readText(body: HttpResponse["body"], limit: number = Number.POSITIVE_INFINITY): Promise<string> {
  if (typeof body === "string") return body;
  if (body instanceof Uint8Array) return new TextDecoder().decode(body.length > limit ? body.subarray(0, limit) : body);
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  for await (const piece of body) {
    size += piece.length;
    text += decoder.decode(piece, { stream: true });
    if (size > limit) break;
  }
  return text + decoder.decode();
}
