/** Sends requests as one and gives each its part of the answer. Loaded when a batch is sent for the first time. */
import { uuid } from "../platform/bytes.js";
import type { Core } from "../call/core.js";
import type { AbortSignal } from "../platform-types.js";
import { apiError, invalidResponse } from "../decode/api-error.js";
import { textOf } from "../decode/read.js";
import { type HttpRequest, type HttpResponse, header } from "../transport/transport.js";
import { encodeBatch, indexOfContentId, sharedHeaders } from "./encode.js";
import { type AnswerPart, boundaryOf, parseParts } from "./parse.js";

/** One request, and who waits for its answer. */
export interface Recipient {
  readonly request: HttpRequest;
  succeed(response: HttpResponse): void;
  fail(error: unknown): void;
}

/** Throws where there is no answer to the whole, or one that says nothing about its parts. */
export async function post(
  { api, origin, transport }: Core,
  path: string,
  recipients: readonly Recipient[],
  signal: AbortSignal,
): Promise<void> {
  const requests = recipients.map(({ request }) => request);
  const id = uuid();
  const { body, contentType } = encodeBatch(requests, id);
  const whole: HttpRequest = {
    method: "POST",
    origin,
    path,
    headers: { ...sharedHeaders(requests), "content-type": contentType },
    body,
    parts: requests,
    // Each part has its own limit, and when the last has passed this ends as well.
    timeout: Infinity,
    signal,
    methodId: `${api.id} batch`,
  };
  const response = await transport.send(whole);
  const { headers, status } = response;
  const text = await textOf(whole, response);
  if (status < 200 || status >= 300) throw apiError(whole, status, headers, text, undefined, "BATCH_FAILED");
  const boundary = boundaryOf(header(headers, "content-type") ?? "");
  if (boundary === undefined)
    throw invalidResponse(whole, status, headers, "its body is not multipart/mixed", "BATCH_FAILED");
  const answers = answersOf(parseParts(text, boundary), id, recipients.length);
  for (const [index, recipient] of recipients.entries()) {
    const [answer, ...others] = answers.get(index) ?? [];
    const fail = (problem: string): void =>
      recipient.fail(invalidResponse(recipient.request, status, headers, problem, "BATCH_FAILED"));
    if (answer === undefined) fail("no part of the batch's answer is for it");
    else if (others.length > 0) fail("several parts of the batch's answer are for it");
    else if (answer.response === undefined) fail("its part of the batch's answer is no HTTP answer");
    else recipient.succeed(answer.response);
  }
}

/** Parts by the index of the request that they name; a part that names none is for the request in its place. */
function answersOf(
  parts: readonly AnswerPart[],
  id: string,
  count: number,
): ReadonlyMap<number, readonly AnswerPart[]> {
  const answers = new Map<number, AnswerPart[]>();
  for (const part of parts) {
    const index = part.contentId === undefined ? undefined : indexOfContentId(part.contentId, id);
    if (index === undefined) continue;
    const known = answers.get(index);
    if (known === undefined) answers.set(index, [part]);
    else known.push(part);
  }
  // Where one is missing, places mean nothing: each that follows would pass for the answer to another call.
  if (parts.length !== count) return answers;
  for (const [index, part] of parts.entries()) {
    if (part.contentId === undefined && !answers.has(index)) answers.set(index, [part]);
  }
  return answers;
}
