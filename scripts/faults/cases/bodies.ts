/** Malformed responses. */
import { brotliCompressSync, gzipSync } from "node:zlib";
import { content, everyPage, get, messages, post } from "../calls.js";
import type { Fault } from "../fault.js";
import { respond, responseOf, book, close, ok, partly } from "../steps.js";

const page = "<!doctype html><title>Sign in to the Wi-Fi</title><p>Welcome";
const html = { "content-type": "text/html" };
const gzip = { "content-encoding": "gzip" };
const twice = { "content-encoding": "gzip, gzip" };
const zipped = gzipSync(JSON.stringify(book));
const damaged = Buffer.from(zipped).fill(0xff, 12, 20);
const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
const unavailable = { error: { code: 503, message: "no", status: "UNAVAILABLE" } };
const array = responseOf(200, [book, book]);
const truncated = responseOf(200, book, { "content-length": "50" });
const chunked = Buffer.from('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{"nam\r\n');

export const bodies: readonly Fault[] = [
  { name: "200 with truncated JSON", call: get, server: [respond(200, '{"name":')] },
  { name: "200 with a web page", call: get, server: [respond(200, page, html)] },
  { name: "200 with no body", call: get, server: [respond(200, "")] },
  { name: "200 with JSON declared as text", call: get, server: [respond(200, book, { "content-type": "text/plain" })] },
  { name: "`Content-Length` too short", call: get, server: [respond(200, book, { "content-length": "5" }), ok] },
  { name: "`Content-Length` too long", call: get, server: [partly(truncated, truncated.length, close)] },
  {
    name: "`Content-Length` twice, with two values",
    call: get,
    server: [respond(200, book, { "Content-Length": "5" })],
  },
  { name: "not HTTP", call: get, server: [({ socket }) => void socket.write("220 mail.example.com ESMTP\r\n")] },
  { name: "chunked body that ends early", call: get, server: [partly(chunked, chunked.length, close)] },
  { name: "damaged gzip", call: get, server: [respond(200, damaged, gzip)] },
  { name: "truncated gzip", call: get, server: [respond(200, zipped.subarray(0, -6), gzip)] },
  { name: "damaged gzip, streamed content", call: content, server: [respond(200, damaged, gzip)] },
  {
    name: "unknown content-encoding",
    call: get,
    server: [respond(200, "x", { "content-encoding": "lzma" })],
  },
  {
    name: "`br`, which the request does not accept",
    call: get,
    server: [respond(200, brotliCompressSync(JSON.stringify(book)), { "content-encoding": "br" })],
  },
  { name: "gzip applied twice, 64 MB of zeros", call: get, server: [respond(200, gzipSync(bomb), twice)] },
  { name: "stream that ends with an error", call: messages, server: [respond(200, [book, unavailable])] },
  {
    name: "stream of server-sent events that ends with an error",
    call: messages,
    server: [
      respond(200, `data: {}\n\ndata: ${JSON.stringify(unavailable)}\n\n`, { "content-type": "text/event-stream" }),
    ],
  },
  { name: "stream with an incomplete array", call: messages, server: [respond(200, '[{"name":"b"},')] },
  {
    name: "stream, connection closed within a message",
    call: messages,
    server: [partly(array, array.length - 5, close)],
  },
  { name: "array instead of a message", call: get, server: [respond(200, [book])] },
  { name: "message instead of a stream", call: messages, server: [ok] },
  { name: "gzip applied twice, streamed content", call: content, server: [respond(200, gzipSync(bomb), twice)] },
  { name: "400 with gzip applied twice", call: get, server: [respond(400, gzipSync(bomb), twice)] },
  {
    name: "8 MB, `maxResponseBytes: 1_000_000`",
    call: get,
    server: [respond(200, `"${"x".repeat(8e6)}"`)],
    options: { maxResponseBytes: 1_000_000 },
  },
  {
    name: "gzip of 64 MB of zeros, `maxResponseBytes: 1_000_000`",
    call: post,
    server: [respond(200, bomb, gzip)],
    options: { maxResponseBytes: 1_000_000 },
  },
  { name: "502 with a web page", call: post, server: [respond(502, page, html)] },
  { name: "500 with no body", call: post, server: [respond(500, "")] },
  { name: "400 with truncated JSON", call: get, server: [respond(400, '{"error":{"code":400,"mess')] },
  {
    name: "400 with a body of 8 MB",
    call: get,
    server: [respond(400, "x".repeat(8e6), { "content-type": "text/plain" })],
  },
  { name: "400 with gzip of 64 MB of zeros", call: get, server: [respond(400, bomb, gzip)] },
  {
    name: "page token returned before",
    call: everyPage,
    server: [respond(200, { items: [book], nextPageToken: "2" })],
  },
];
