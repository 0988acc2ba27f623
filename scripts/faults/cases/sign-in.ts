/** Tokens that are refused, and token endpoints that go wrong. */
import { get, post, streamTwice } from "../calls.js";
import type { Fault } from "../fault.js";
import { answer, answerOf, failure, grant, late, ok, redirect, reset, trickle } from "../steps.js";

const refusal = (error: string, error_description: string) => answer(400, { error, error_description });

export const signIn: readonly Fault[] = [
  { name: "401 once", call: get, server: [failure(401), ok], tokens: [grant] },
  { name: "401 once", call: post, server: [failure(401), ok], tokens: [grant] },
  { name: "401 once", call: streamTwice, server: [failure(401), ok], tokens: [grant] },
  { name: "401 for ever", call: get, server: [failure(401)], tokens: [grant] },
  { name: "token endpoint: reset once", call: post, tokens: [reset, grant] },
  { name: "token endpoint: 503 once", call: get, tokens: [failure(503), grant] },
  { name: "token endpoint: 503 for ever", call: get, tokens: [failure(503)] },
  { name: "token endpoint: refuses", call: get, tokens: [refusal("invalid_grant", "Invalid JWT Signature.")] },
  {
    name: "token endpoint: later than `totalTimeout`",
    call: get,
    tokens: [late(800, grant)],
    options: { totalTimeout: 400 },
  },
  {
    name: "token endpoint: a web page",
    call: get,
    tokens: [answer(200, "<p>Welcome", { "content-type": "text/html" })],
  },
  {
    name: "token endpoint: a response of 2 MB",
    call: get,
    tokens: [answer(200, { access_token: "x".repeat(2_000_000) })],
  },
  {
    name: "token endpoint: a response that arrives too slowly for `totalTimeout`",
    call: get,
    tokens: [trickle(answerOf(200, { access_token: "token" }), 20)],
    options: { totalTimeout: 400 },
  },
  { name: "token endpoint: no token in the answer", call: get, tokens: [answer(200, {})] },
  { name: "token endpoint: 307 to another host", call: get, tokens: [redirect(307)] },
];
