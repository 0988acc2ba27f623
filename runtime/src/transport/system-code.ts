/** The same code for the same problem, whether Node's client, undici, `fetch`, Bun or Deno reports it. */

const overflow = "HPE_HEADER_OVERFLOW";
const invalidLength = "HPE_INVALID_CONTENT_LENGTH";

/** Codes of undici and Bun for which Node has another code. */
const nodeNames: { readonly [code: string]: string } = {
  UND_ERR_CONNECT_TIMEOUT: "ETIMEDOUT",
  UND_ERR_HEADERS_OVERFLOW: overflow,
  UND_ERR_SOCKET: "ECONNRESET",
  // A closing dispatcher reports the first code, a closed one the second.
  UND_ERR_DESTROYED: "UND_ERR_CLOSED",
  // undici does not report which framing headers contradict each other.
  HPE_INVALID_TRANSFER_ENCODING: invalidLength,
  HPE_UNEXPECTED_CONTENT_LENGTH: invalidLength,
  // The connection was closed within the body.
  HPE_INVALID_EOF_STATE: "ECONNRESET",
  ConnectionClosed: "ECONNRESET",
  ConnectionRefused: "ECONNREFUSED",
  ConnectionReset: "ECONNRESET",
  ConnectionTimeout: "ETIMEDOUT",
  ZlibError: "Z_DATA_ERROR",
};

/** Node's codes for messages of the parser llhttp. undici uses the same parser and reports messages without codes. */
const parserTexts: readonly (readonly [RegExp, string])[] = [
  [/Invalid EOF state/, "HPE_INVALID_EOF_STATE"],
  [/\(Expected LF/, "HPE_STRICT"],
  [/Expected (?:HTTP|RTSP|ICE)\//, "HPE_INVALID_CONSTANT"],
  [/HTTP version|(?:major|minor) version|after version|Expected dot/, "HPE_INVALID_VERSION"],
  [/\bstatus\b/, "HPE_INVALID_STATUS"],
  [/expected CR\b/, "HPE_CR_EXPECTED"],
  [/expected LF\b/, "HPE_LF_EXPECTED"],
  [/Unexpected space/, "HPE_UNEXPECTED_SPACE"],
  [/Content-Length|Transfer-Encoding/, invalidLength],
  [/in chunk size|Chunk size/, "HPE_INVALID_CHUNK_SIZE"],
  [/header/, "HPE_INVALID_HEADER_TOKEN"],
  [/Connection: close/, "HPE_CLOSED_CONNECTION"],
  [/(?:)/, "HPE_STRICT"],
];

/** Codes for errors of Deno's `fetch` (errno of Linux, macOS and Windows) and workerd, which have only a message. */
const fetchTexts: readonly (readonly [RegExp, string])[] = [
  [/\(os error (?:111|61|10061)\)/, "ECONNREFUSED"],
  [/\(os error (?:110|60|10060)\)/, "ETIMEDOUT"],
  [/\(os error (?:104|54|10054)\)|^error reading a body from connection|^Network connection lost/, "ECONNRESET"],
  [/client error \(\w+\): (?:connection closed|tls handshake eof)/, "ECONNRESET"],
  [/client error \(Connect\): dns error/, "ENOTFOUND"],
];

/**
 * Returns Node's code of an error: of a system call (`ECONNRESET`), DNS (`ENOTFOUND`), TLS (`EPROTO`,
 * `CERT_HAS_EXPIRED`), Node's HTTP parser (`HPE_…`) or zlib (`Z_DATA_ERROR`). Returns other codes unchanged.
 *
 * @param hasHead Whether the head of the response had arrived.
 */
export function systemCodeOf(error: unknown, hasHead: boolean): string | undefined {
  const code = reportedCode(error, 0);
  // undici reports this for a truncated body, and for a malformed head with a Content-Length.
  if (code === "UND_ERR_RES_CONTENT_LENGTH_MISMATCH") return hasHead ? "ECONNRESET" : invalidLength;
  if (!hasHead && code?.startsWith("HPE_") === true && code !== overflow && isBehindLength(error)) return invalidLength;
  // Node's client reports most OpenSSL errors with the code of the system call.
  if (code?.startsWith("ERR_SSL_") === true) return "EPROTO";
  return code !== undefined && Object.hasOwn(nodeNames, code) ? nodeNames[code] : code;
}

/** Returns whether a Content-Length above 0 precedes the position that Node's parser rejected. */
function isBehindLength(error: unknown): boolean {
  if (!(error instanceof Error && "rawPacket" in error && "bytesParsed" in error)) return false;
  const { bytesParsed, rawPacket } = error;
  if (!(rawPacket instanceof Uint8Array)) return false;
  const head = new TextDecoder("latin1").decode(rawPacket.subarray(0, Number(bytesParsed)));
  return /^content-length: *0*[1-9]/im.test(head);
}

/** Returns the first code in an error, its causes, and the errors of an `AggregateError`. */
function reportedCode(error: unknown, depth: number): string | undefined {
  if (typeof error !== "object" || error === null || depth > 5) return undefined;
  if ("code" in error && typeof error.code === "string") return error.code;
  const inner: unknown[] = error instanceof AggregateError ? error.errors : [];
  for (const one of "cause" in error ? [error.cause, ...inner] : inner) {
    const code = reportedCode(one, depth + 1);
    if (code !== undefined) return code;
  }
  if (!(error instanceof Error)) return undefined;
  const texts = error.name === "HTTPParserError" ? parserTexts : fetchTexts;
  return texts.find(([text]) => text.test(error.message))?.[1];
}
