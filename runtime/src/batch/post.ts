/** Sends requests as one, and returns its part of the response to each. Loaded with the first batch. */
import type { Core } from "../call/core.js";
import { apiError, invalidResponse } from "../decode/api-error.js";
import { textOf } from "../decode/read.js";
import type { AbortSignal } from "../platform-types.js";
import { uuid } from "../platform/bytes.js";
import { type HttpRequest, type HttpResponse, header } from "../transport/transport.js";
import { encodeBatch, indexOfContentId, sharedHeaders } from "./encode.js";
import { type ResponsePart, boundaryOf, parseParts } from "./parse.js";

/** One request and the functions that settle it. */
export interface Recipient {
  readonly request: HttpRequest;
  succeed(response: HttpResponse): void;
  fail(error: unknown): void;
}

/** @throws DiscogenError if the batch request fails, or if its response has no readable parts */
export async function post(
  { api, origin, transport }: Core,
  path: string,
  recipients: readonly Recipient[],
  signal: AbortSignal,
): Promise<void> {
  const requests = recipients.map(({ request }) => request);
  const id = uuid();
  const { body, contentType } = encodeBatch(requests, id);
  const request: HttpRequest = {
    method: "POST",
    origin,
    path,
    headers: { ...sharedHeaders(requests), "content-type": contentType },
    body,
    parts: requests,
    // Each part has its own timeout. After the last of them, the signal aborts this request.
    timeout: Infinity,
    signal,
    methodId: `${api.id} batch`,
  };
  const response = await transport.send(request);
  const { headers, status } = response;
  const text = await textOf(request, response);
  if (status < 200 || status >= 300) throw apiError(request, status, headers, text, undefined, "BATCH_FAILED");
  const boundary = boundaryOf(header(headers, "content-type") ?? "");
  if (boundary === undefined)
    throw invalidResponse(request, status, headers, "its body is not multipart/mixed", "BATCH_FAILED");
  const parts = partsByIndex(parseParts(text, boundary), id, recipients.length);
  for (const [index, recipient] of recipients.entries()) {
    const [part, ...others] = parts.get(index) ?? [];
    const fail = (problem: string): void =>
      recipient.fail(invalidResponse(recipient.request, status, headers, problem, "BATCH_FAILED"));
    if (part === undefined) fail("the response to the batch has no part for it");
    else if (others.length > 0) fail("the response to the batch has several parts for it");
    else if (part.response === undefined) fail("its part of the response to the batch is not an HTTP response");
    else recipient.succeed(part.response);
  }
}

/** Groups the parts by the index of their request. A part without a Content-ID is for the request at its position. */
function partsByIndex(
  parts: readonly ResponsePart[],
  id: string,
  count: number,
): ReadonlyMap<number, readonly ResponsePart[]> {
  const byIndex = new Map<number, ResponsePart[]>();
  for (const part of parts) {
    const index = part.contentId === undefined ? undefined : indexOfContentId(part.contentId, id);
    if (index === undefined) continue;
    const known = byIndex.get(index);
    if (known === undefined) byIndex.set(index, [part]);
    else known.push(part);
  }
  // If a part is missing, positions are unreliable: later parts would be assigned to other calls.
  if (parts.length !== count) return byIndex;
  for (const [index, part] of parts.entries()) {
    if (part.contentId === undefined && !byIndex.has(index)) byIndex.set(index, [part]);
  }
  return byIndex;
}
