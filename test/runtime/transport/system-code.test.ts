/** `systemCode` is the same for the same problem, over all transports and for all calls of a program. */
import { once } from "node:events";
import { type AddressInfo, type Server, type Socket, createServer } from "node:net";
import { type TlsOptions, createServer as createTlsServer } from "node:tls";
import { Agent } from "undici";
import { afterAll, describe, expect, it, onTestFinished } from "vitest";
import { ConnectionError, fetchTransport, type Transport, undiciTransport } from "../../../runtime/src/index.js";
import { connectionError } from "../../../runtime/src/transport/failure.js";
import type { HttpRequest } from "../../../runtime/src/transport/transport.js";
import { certificate, key } from "../../../scripts/faults/self-signed.js";
import { certificateFor } from "../support/certificates.js";
import { failureOf } from "../support/library.js";

const agent = new Agent({ connect: { timeout: 500 } });
afterAll(() => agent.destroy());
const undici = undiciTransport();
const transports: readonly (readonly [string, Transport])[] = [
  ["undici", undici],
  ["the caller's Agent", undiciTransport(agent)],
  ["fetch", fetchTransport()],
];

type OnSocket = (socket: Socket) => void;

/** Starts a server that handles connections in this way, and returns its origin. */
async function origin(onSocket: OnSocket, tls?: TlsOptions): Promise<string> {
  const onConnection: OnSocket = (socket) => {
    socket.on("error", () => undefined);
    onSocket(socket);
  };
  const server: Server = tls === undefined ? createServer(onConnection) : createTlsServer(tls, onConnection);
  server.on("tlsClientError", () => undefined);
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => void server.close());
  return `${tls === undefined ? "http" : "https"}://127.0.0.1:${String((server.address() as AddressInfo).port)}`; // TCP
}

/** Sends these bytes after the first bytes of a request, then ends the connection in this way. */
function reply(bytes: string, end: "fin" | "keep" | "rst"): OnSocket {
  return (socket) =>
    socket.once("data", () => {
      socket.write(bytes, "latin1");
      // Wait, so that the bytes arrive: an immediate RST would discard them.
      if (end !== "keep") setTimeout(() => (end === "rst" ? socket.resetAndDestroy() : socket.end()), 40);
    });
}

const ok = "HTTP/1.1 200 OK\r\n";
const closed = "HTTP/1.1 200 OK\r\nconnection: close\r\n";

/** Returns an origin where no server listens. */
async function refused(host = "127.0.0.1"): Promise<string> {
  const server = createServer();
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo; // a TCP server's address
  await new Promise((resolve) => server.close(resolve));
  return `http://${host}:${String(port)}`;
}

const https = async (onSocket: OnSocket): Promise<string> => (await origin(onSocket)).replace("http:", "https:");

const events: readonly (readonly [string, string, () => Promise<string>])[] = [
  ["connection refused", "ECONNREFUSED", () => refused()],
  ["connection refused by all addresses of a name", "ECONNREFUSED", () => refused("localhost")],
  ["unknown host", "ENOTFOUND", async () => "http://books.invalid"],
  ["reset while connecting", "ECONNRESET", () => origin((socket) => socket.resetAndDestroy())],
  ["closed while connecting", "ECONNRESET", () => origin((socket) => socket.end())],
  ["reset before the response", "ECONNRESET", () => origin(reply("", "rst"))],
  ["closed before the response", "ECONNRESET", () => origin(reply("", "fin"))],
  ["reset within the head", "ECONNRESET", () => origin(reply(`${ok}conte`, "rst"))],
  ["closed within the head", "ECONNRESET", () => origin(reply(`${ok}conte`, "fin"))],
  ["closed within the status line", "ECONNRESET", () => origin(reply("HTTP/1.1 200 OK", "fin"))],
  ["reset within the body", "ECONNRESET", () => origin(reply(`${ok}content-length: 9\r\n\r\nabc`, "rst"))],
  ["closed within the body", "ECONNRESET", () => origin(reply(`${ok}content-length: 9\r\n\r\nabc`, "fin"))],
  ["closed within a chunk", "ECONNRESET", () => origin(reply(`${ok}transfer-encoding: chunked\r\n\r\nff\r\n{`, "fin"))],
  [
    "closed within the body of a closing connection",
    "ECONNRESET",
    () => origin(reply(`${closed}content-length: 9\r\n\r\nabc`, "fin")),
  ],
  [
    "reset within the body of a closing connection",
    "ECONNRESET",
    () => origin(reply(`${closed}content-length: 9\r\n\r\nabc`, "rst")),
  ],
  [
    "closed within a chunk of a closing connection",
    "ECONNRESET",
    () => origin(reply(`${closed}transfer-encoding: chunked\r\n\r\nff\r\n{`, "fin")),
  ],
  [
    "closed within an HTTP/1.0 body",
    "ECONNRESET",
    () => origin(reply("HTTP/1.0 200 OK\r\ncontent-length: 9\r\n\r\nabc", "fin")),
  ],
  [
    "a protocol that was not requested",
    "ECONNRESET",
    () => origin(reply("HTTP/1.1 101 No\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n", "keep")),
  ],
  ["not HTTP", "HPE_INVALID_CONSTANT", () => origin(reply("SSH-2.0-OpenSSH_9\r\n", "keep"))],
  ["HTTP/2 without TLS", "HPE_INVALID_CONSTANT", () => origin(reply("\0\0\u0012\u0004\0\0\0\0\0", "keep"))],
  ["an unknown version", "HPE_INVALID_VERSION", () => origin(reply("HTTP/9.9 200 OK\r\n\r\n", "keep"))],
  ["a version without a dot", "HPE_INVALID_VERSION", () => origin(reply("HTTP/2 200 OK\r\n\r\n", "keep"))],
  ["a status of letters", "HPE_INVALID_STATUS", () => origin(reply("HTTP/1.1 abc OK\r\n\r\n", "keep"))],
  ["a status of four digits", "HPE_INVALID_STATUS", () => origin(reply("HTTP/1.1 2000 OK\r\n\r\n", "keep"))],
  ["a header name with a space", "HPE_INVALID_HEADER_TOKEN", () => origin(reply(`${ok}a b: c\r\n\r\n`, "keep"))],
  ["a header with a NUL", "HPE_INVALID_HEADER_TOKEN", () => origin(reply(`${ok}a: b\0c\r\n\r\n`, "keep"))],
  ["a folded header", "HPE_INVALID_HEADER_TOKEN", () => origin(reply(`${ok}a: b\r\n c\r\n\r\n`, "keep"))],
  ["a space before a header", "HPE_UNEXPECTED_SPACE", () => origin(reply(`${ok} a: b\r\n\r\n`, "keep"))],
  ["lines that end in LF", "HPE_CR_EXPECTED", () => origin(reply("HTTP/1.1 200 OK\na: b\n\n", "keep"))],
  ["lines that end in CR", "HPE_LF_EXPECTED", () => origin(reply(`${ok}a: b\rc: d\r\n\r\n`, "keep"))],
  ["an endless head", "HPE_HEADER_OVERFLOW", () => origin(reply(`${ok}a: ${"x".repeat(100_000)}\r\n\r\n`, "keep"))],
  [
    "an endless head after a length",
    "HPE_HEADER_OVERFLOW",
    () => origin(reply(`${ok}content-length: 2\r\na: ${"x".repeat(100_000)}\r\n\r\n{}`, "keep")),
  ],
  ["a length of letters", "HPE_INVALID_CONTENT_LENGTH", () => origin(reply(`${ok}content-length: x\r\n\r\n`, "keep"))],
  [
    "two lengths",
    "HPE_INVALID_CONTENT_LENGTH",
    () => origin(reply(`${ok}content-length: 3\r\ncontent-length: 4\r\n\r\nabcd`, "keep")),
  ],
  [
    "chunks after a length",
    "HPE_INVALID_CONTENT_LENGTH",
    () => origin(reply(`${ok}content-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`, "keep")),
  ],
  [
    "a length after chunks",
    "HPE_INVALID_CONTENT_LENGTH",
    () => origin(reply(`${ok}transfer-encoding: chunked\r\ncontent-length: 3\r\n\r\n0\r\n\r\n`, "keep")),
  ],
  [
    "a length beyond the range of numbers",
    "HPE_INVALID_CONTENT_LENGTH",
    () => origin(reply(`${ok}content-length: 99999999999999999999999\r\n\r\n`, "keep")),
  ],
  [
    "a malformed header after a length",
    "HPE_INVALID_CONTENT_LENGTH",
    () => origin(reply(`${ok}content-length: 2\r\na b: c\r\n\r\n{}`, "keep")),
  ],
  [
    "a chunk size of letters",
    "HPE_INVALID_CHUNK_SIZE",
    () => origin(reply(`${ok}transfer-encoding: chunked\r\n\r\nzz\r\n{`, "keep")),
  ],
  [
    "a chunk that is too long",
    "HPE_STRICT",
    () => origin(reply(`${ok}transfer-encoding: chunked\r\n\r\n2\r\n{}xx`, "keep")),
  ],
  [
    "damaged gzip",
    "Z_DATA_ERROR",
    () => origin(reply(`${ok}content-encoding: gzip\r\ncontent-length: 8\r\n\r\nnot gzip`, "keep")),
  ],
  [
    "a self-signed certificate",
    "DEPTH_ZERO_SELF_SIGNED_CERT",
    () => origin(() => undefined, { cert: certificate, key }),
  ],
  [
    "a certificate of an unknown authority",
    "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    () => origin(() => undefined, certificateFor("localhost")),
  ],
  ["no TLS", "EPROTO", () => https(reply("HTTP/1.1 400 Bad Request\r\n\r\n", "fin"))],
  ["closed within the TLS handshake", "ECONNRESET", () => https(reply("", "fin"))],
  ["reset within the TLS handshake", "ECONNRESET", () => https(reply("", "rst"))],
];

const get: HttpRequest = { method: "GET", origin: "", path: "/", headers: {}, timeout: 5000, methodId: "m" };

describe.each(events)("%s: %s", (_name, systemCode, server) => {
  it.each(transports)("over %s", async (_transport, transport) => {
    const error = await failureOf(transport.send({ ...get, origin: await server() }));
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error).toMatchObject({ systemCode });
  });
});

it("a connection timeout: ETIMEDOUT, and nothing was sent", async () => {
  const silent = await https(() => undefined);
  const error = await failureOf(undiciTransport(agent).send({ ...get, origin: silent }));
  expect(error).toMatchObject({ systemCode: "ETIMEDOUT", sent: false });
});

it("the caller's dispatcher is closing or closed: UND_ERR_CLOSED", async () => {
  const own = new Agent();
  const transport = undiciTransport(own);
  const isClosed = own.close();
  expect(await failureOf(transport.send({ ...get, origin: "http://127.0.0.1:1" }))).toMatchObject({
    systemCode: "UND_ERR_CLOSED",
    sent: false,
  });
  await isClosed;
  expect(await failureOf(transport.send({ ...get, origin: "http://127.0.0.1:1" }))).toMatchObject({
    systemCode: "UND_ERR_CLOSED",
    sent: false,
  });
});

it.each(["HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}rubbish", `${closed}content-length: 2\r\n\r\n{}rubbish`])(
  "bytes after a complete response are ignored, for first and later calls: %j",
  async (bytes) => {
    for (const [, transport] of transports) {
      const { body, status } = await transport.send({ ...get, origin: await origin(reply(bytes, "keep")) });
      expect([status, body]).toEqual([200, "{}"]);
    }
  },
);

describe("an error of", () => {
  const coded = (code: string, more: object = {}): Error => Object.assign(new Error("x"), { code, ...more });
  const deno = (text: string): Error => new TypeError("fetch failed", { cause: new Error(text) });

  it.each<[string, unknown, string | undefined, boolean]>([
    // error, systemCode, sent
    [
      "fetch, two causes deep",
      new TypeError("f", { cause: new Error("g", { cause: coded("ECONNRESET") }) }),
      "ECONNRESET",
      true,
    ],
    ["several addresses", new AggregateError([coded("ENETUNREACH"), coded("ECONNREFUSED")]), "ENETUNREACH", false],
    [
      "several addresses that time out",
      Object.assign(new AggregateError([coded("ETIMEDOUT", { syscall: "connect" })]), { code: "ETIMEDOUT" }),
      "ETIMEDOUT",
      false,
    ],
    ["connecting", coded("ETIMEDOUT", { syscall: "connect" }), "ETIMEDOUT", false],
    ["reading", coded("ETIMEDOUT", { syscall: "read" }), "ETIMEDOUT", true],
    ["undici's socket", coded("UND_ERR_SOCKET"), "ECONNRESET", true],
    ["undici's connection timeout", coded("UND_ERR_CONNECT_TIMEOUT"), "ETIMEDOUT", false],
    ["the name server", coded("EAI_AGAIN"), "EAI_AGAIN", false],
    ["OpenSSL", coded("ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE"), "EPROTO", true],
    ["a certificate's name", coded("ERR_TLS_CERT_ALTNAME_INVALID"), "ERR_TLS_CERT_ALTNAME_INVALID", false],
    ["an expired certificate", coded("CERT_HAS_EXPIRED"), "CERT_HAS_EXPIRED", false],
    ["an older Bun: refused", coded("ConnectionRefused"), "ECONNREFUSED", false],
    ["an older Bun: closed", coded("ConnectionClosed"), "ECONNRESET", true],
    [
      "Deno: refused",
      deno(
        "error sending request for url (http://x/): client error (Connect): tcp connect error: Connection refused (os error 111)",
      ),
      "ECONNREFUSED",
      false,
    ],
    ["Deno: reset", deno("Connection reset by peer (os error 104)"), "ECONNRESET", true],
    [
      "Deno: closed",
      deno(
        "error sending request from a for b (c): client error (SendRequest): connection closed before message completed",
      ),
      "ECONNRESET",
      true,
    ],
    ["Deno: closed within the body", new TypeError("error reading a body from connection"), "ECONNRESET", true],
    [
      "Deno: unknown host",
      deno("error sending request for url (http://x/): client error (Connect): dns error: failed to lookup address"),
      "ENOTFOUND",
      false,
    ],
    ["a browser", new TypeError("Failed to fetch"), undefined, true],
    ["a transport that throws a string", "no", undefined, true],
    ["a transport, with its own code", coded("MY_CODE"), "MY_CODE", true],
    ["a transport, with the name of an object property as code", coded("constructor"), "constructor", true],
  ])("%s", (_name, thrown, systemCode, sent) => {
    expect(connectionError(get, thrown, true)).toMatchObject({ code: "CONNECTION_FAILED", systemCode, sent });
  });

  it("a circular cause does not loop forever", () => {
    const circular = new Error("round");
    circular.cause = circular;
    expect(connectionError(get, circular, true)).toMatchObject({ systemCode: undefined });
  });
});
