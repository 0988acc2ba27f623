/** Slow servers, and callers that abort. */
import { content, everyPage, get, messages, post } from "../calls.js";
import type { Fault } from "../fault.js";
import {
  aborted,
  respond,
  responseOf,
  book,
  failure,
  grant,
  headLength,
  ok,
  partly,
  silence,
  thenAborted,
  trickle,
} from "../steps.js";

const bytes = responseOf(200, book);
const head = headLength(bytes);
const array = responseOf(200, [book, book]);
const timeout = 400;

export const timeouts: readonly Fault[] = [
  { name: "no response, `timeout`", call: get, server: [silence], options: { timeout } },
  { name: "no response, `timeout`", call: post, server: [silence], options: { timeout } },
  { name: "no response once, `timeout`", call: get, server: [silence, ok], options: { timeout } },
  { name: "no response, `totalTimeout`", call: get, server: [silence], options: { totalTimeout: timeout } },
  { name: "headers byte by byte, too slow, `timeout`", call: get, server: [trickle(bytes, 20)], options: { timeout } },
  {
    name: "body stops in the middle, `timeout`",
    call: get,
    server: [partly(bytes, head + 5, silence)],
    options: { timeout },
  },
  { name: "response byte by byte, in time", call: get, server: [trickle(bytes, 1)] },
  {
    name: "streamed content stops in the middle, `timeout`",
    call: content,
    server: [partly(bytes, head + 5, silence)],
    options: { timeout },
  },
  {
    name: "stream stops after a message, `timeout`",
    call: messages,
    server: [partly(array, array.length - 5, silence)],
    options: { timeout },
  },
  { name: "TLS handshake never completes, `timeout`", call: post, network: "silent TLS", options: { timeout } },
  {
    name: "delay longer than `totalTimeout`",
    call: get,
    server: [failure(503, {}, { "retry-after": "30" })],
    options: { totalTimeout: 5_000, retry: {} },
  },
];

export const aborts: readonly Fault[] = [
  { name: "signal aborts while waiting for the token", call: get, tokens: [aborted(grant)] },
  { name: "signal aborts while waiting for the response", call: get, server: [aborted(silence)] },
  { name: "signal aborts while the body arrives", call: get, server: [thenAborted(partly(bytes, head + 5, silence))] },
  {
    name: "signal aborts while content streams",
    call: content,
    server: [thenAborted(partly(bytes, head + 5, silence))],
  },
  {
    name: "signal aborts while messages are read",
    call: messages,
    server: [thenAborted(partly(array, array.length - 5, silence))],
  },
  {
    name: "signal aborts during a delay",
    call: get,
    server: [thenAborted(failure(503, {}, { "retry-after": "30" }))],
    options: { retry: {} },
  },
  {
    name: "signal aborts between two pages",
    call: everyPage,
    server: [thenAborted(respond(200, { items: [book], nextPageToken: "2" })), silence],
  },
];
