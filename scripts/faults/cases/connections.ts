/** Connections that cannot be established, break, or stop working. */
import { again, content, get, post, postWithId } from "../calls.js";
import type { Fault } from "../fault.js";
import { responseOf, book, close, headLength, ok, partly, reset, silence, thenClose } from "../steps.js";

const bytes = responseOf(200, book);
const head = headLength(bytes);
const last = responseOf(200, book, { connection: "close" });
const failed = responseOf(500, book);

export const connections: readonly Fault[] = [
  { name: "connection refused", call: get, network: "refused" },
  { name: "connection refused", call: post, network: "refused" },
  { name: "connection refused once", call: post, network: "refused once" },
  { name: "host name unknown to the name server", call: get, network: "no name" },
  { name: "self-signed certificate", call: get, network: "self-signed" },
  { name: "connection closed within the TLS handshake", call: post, network: "broken TLS" },
  { name: "reset before the response, once", call: get, server: [reset, ok] },
  { name: "reset before the response", call: get, server: [reset] },
  { name: "reset before the response, once", call: post, server: [reset, ok] },
  { name: "reset before the response, once", call: postWithId, server: [reset, ok] },
  { name: "closed before the response", call: get, server: [close] },
  { name: "closed within the headers", call: get, server: [partly(bytes, head - 10, close)] },
  { name: "reset after the headers, once", call: get, server: [partly(bytes, head, reset), ok] },
  { name: "reset after the headers", call: get, server: [partly(bytes, head, reset)] },
  { name: "reset after the headers", call: post, server: [partly(bytes, head, reset)] },
  { name: "reset within the body, once", call: get, server: [partly(bytes, head + 5, reset), ok] },
  { name: "reset within the body", call: get, server: [partly(bytes, head + 5, reset)] },
  { name: "reset within the body of a 500", call: post, server: [partly(failed, headLength(failed) + 5, reset)] },
  { name: "closed within the body", call: get, server: [partly(bytes, head + 5, close)] },
  { name: "closed within the body, `Connection: close`", call: get, server: [partly(last, last.length - 3, close)] },
  { name: "reset within streamed content", call: content, server: [partly(bytes, head + 5, reset)] },
  { name: "closed by the server while idle", call: again(get), server: [thenClose(ok), ok] },
  { name: "closed by the server while idle", call: again(post), server: [thenClose(ok), ok] },
  { name: "keep-alive, reset when the next request arrives", call: again(get), server: [ok, reset, ok] },
  { name: "keep-alive, reset when the next request arrives", call: again(post), server: [ok, reset, ok] },
  {
    name: "half-open: no more data arrives, `timeout`",
    call: again(get),
    server: [ok, silence, ok],
    options: { timeout: 400 },
  },
];
