/** Rejected tokens, and token endpoints that misbehave. */
import { get, post, streamTwice } from "../calls.js";
import type { Fault } from "../fault.js";
import { respond, responseOf, failure, grant, late, ok, redirect, reset, trickle } from "../steps.js";

const rejection = (error: string, error_description: string) => respond(400, { error, error_description });

export const authentication: readonly Fault[] = [
  { name: "401 once", call: get, server: [failure(401), ok], tokens: [grant] },
  { name: "401 once", call: post, server: [failure(401), ok], tokens: [grant] },
  { name: "401 once", call: streamTwice, server: [failure(401), ok], tokens: [grant] },
  { name: "401, always", call: get, server: [failure(401)], tokens: [grant] },
  { name: "token endpoint: reset once", call: post, tokens: [reset, grant] },
  { name: "token endpoint: 503 once", call: get, tokens: [failure(503), grant] },
  { name: "token endpoint: 503, always", call: get, tokens: [failure(503)] },
  {
    name: "token endpoint: rejects the key",
    call: get,
    tokens: [rejection("invalid_grant", "Invalid JWT Signature.")],
  },
  {
    name: "token endpoint: slower than `totalTimeout`",
    call: get,
    tokens: [late(800, grant)],
    options: { totalTimeout: 400 },
  },
  {
    name: "token endpoint: a web page",
    call: get,
    tokens: [respond(200, "<p>Welcome", { "content-type": "text/html" })],
  },
  {
    name: "token endpoint: a response of 2 MB",
    call: get,
    tokens: [respond(200, { access_token: "x".repeat(2_000_000) })],
  },
  {
    name: "token endpoint: a response that arrives too slowly for `totalTimeout`",
    call: get,
    tokens: [trickle(responseOf(200, { access_token: "token" }), 20)],
    options: { totalTimeout: 400 },
  },
  { name: "token endpoint: no token in the response", call: get, tokens: [respond(200, {})] },
  { name: "token endpoint: 307 to another host", call: get, tokens: [redirect(307)] },
];
