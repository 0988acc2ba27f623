/** Combines the responses to the calls of a batch. */
import type { HttpResponse } from "@discogen/runtime";

/** Returns a `multipart/mixed` response (RFC 2046 §5.1) with these parts, in the order of the calls. */
export function batchResponse(parts: readonly HttpResponse[]): HttpResponse {
  const boundary = `batch_${crypto.randomUUID()}`;
  const body = `${parts.map((part) => `--${boundary}\r\n${partText(part)}\r\n`).join("")}--${boundary}--\r\n`;
  return { status: 200, headers: { "content-type": `multipart/mixed; boundary=${boundary}` }, body };
}

function partText({ body, headers, status }: HttpResponse): string {
  const fields = Object.entries(headers).flatMap(([name, values = []]) =>
    (typeof values === "string" ? [values] : values).map((value) => `${name}: ${value}`),
  );
  // Handlers in a batch never return iterables.
  const text = body instanceof Uint8Array ? new TextDecoder().decode(body) : String(body);
  const lines = ["Content-Type: application/http", "", `HTTP/1.1 ${String(status)}`, ...fields, "", text];
  return lines.join("\r\n");
}
