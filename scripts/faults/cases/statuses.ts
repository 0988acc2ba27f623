/** Error responses, and delays that they request. */
import { content, get, getUnlessSame, patchIfSame, post, postWithId, waiting } from "../calls.js";
import type { Fault } from "../fault.js";
import { respond, detailed, failure, laterByDate, ok, okAfter, redirect } from "../steps.js";

const retryable = [408, 429, 500, 502, 503, 504].flatMap((status): Fault[] => [
  { name: `${String(status)} once`, call: get, server: [failure(status), ok] },
  { name: `${String(status)}, always`, call: get, server: [failure(status)] },
]);

const unavailable = (retryAfter: string) => failure(503, {}, { "retry-after": retryAfter });
const withDelays = { retry: { maxDelay: 3000 } };

export const statuses: readonly Fault[] = [
  ...retryable,
  { name: "503", call: post, server: [failure(503), ok] },
  { name: "503 once", call: postWithId, server: [failure(503), ok] },
  { name: "404", call: get, server: [failure(404, { status: "NOT_FOUND" })] },
  {
    name: "403, XML of Cloud Storage",
    call: content,
    server: [
      respond(
        403,
        "<?xml version='1.0' encoding='UTF-8'?><Error><Code>AccessDenied</Code><Message>Access denied.</Message><Details>No storage.objects.get.</Details></Error>",
        { "content-type": "application/xml" },
      ),
    ],
  },
  { name: "400, JSON of an unknown shape", call: get, server: [respond(400, { errors: [{ detail: "no disk" }] })] },
  { name: "400, one line of text", call: get, server: [respond(400, "no disk\n", { "content-type": "text/plain" })] },
  {
    name: "404, a web page with a generic title",
    call: get,
    server: [
      respond(
        404,
        "<html><title>Error 404 (Not Found)!!1</title><p><b>404.</b> That’s an error.<p>There is no such URL.",
        {
          "content-type": "text/html; charset=UTF-8",
        },
      ),
    ],
  },
  { name: "304", call: getUnlessSame, server: [respond(304, "")] },
  { name: "412", call: patchIfSame, server: [failure(412, { status: "FAILED_PRECONDITION" })] },
  { name: "302 to another host", call: get, server: [redirect(302)] },
  { name: "307 to another host", call: post, server: [redirect(307)] },
];

export const delays: readonly Fault[] = [
  { name: "503, `Retry-After: 0`", call: get, server: [unavailable("0"), ok] },
  { name: "503, `Retry-After: 1`", call: get, server: [unavailable("1"), okAfter(990)], options: withDelays },
  { name: "503, `Retry-After` a date", call: get, server: [laterByDate, okAfter(990)], options: withDelays },
  { name: "503, `Retry-After` a past date", call: get, server: [unavailable("Fri, 02 Jan 2015 00:00:00 GMT"), ok] },
  { name: "503, invalid `Retry-After`", call: get, server: [unavailable("soon"), ok] },
  {
    name: "operation, `Retry-After: 0`",
    call: waiting,
    server: [respond(200, { done: false }, { "retry-after": "0" })],
  },
  { name: "503, `Retry-After: 3600`", call: get, server: [unavailable("3600"), ok], options: { retry: {} } },
  {
    name: "429, RetryInfo of 1 s",
    call: get,
    server: [detailed(429, "RetryInfo", { retryDelay: "1s" }), okAfter(990)],
    options: withDelays,
  },
  {
    name: "429, RetryInfo of an hour",
    call: get,
    server: [detailed(429, "RetryInfo", { retryDelay: "3600s" }), ok],
    options: { retry: {} },
  },
  {
    name: "403 `rateLimitExceeded`, once",
    call: get,
    server: [failure(403, { errors: [{ reason: "rateLimitExceeded" }] }), ok],
  },
  {
    name: "403 `RATE_LIMIT_EXCEEDED`, once",
    call: get,
    server: [detailed(403, "ErrorInfo", { reason: "RATE_LIMIT_EXCEEDED", domain: "googleapis.com" }), ok],
  },
  { name: "403 for another reason", call: get, server: [failure(403, { status: "PERMISSION_DENIED" }), ok] },
];
