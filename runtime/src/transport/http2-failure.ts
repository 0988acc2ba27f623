/** The errors of undici and Node for HTTP/2 streams and connections that end early. */

/** Returns Node's code for an HTTP/2 error. undici has none for a stream that was reset with CANCEL or NO_ERROR. */
export function http2Code(error: unknown, code: string | undefined): string | undefined {
  return code === "UND_ERR_INFO" && messageOf(error).startsWith("HTTP/2: ") ? "ERR_HTTP2_ERROR" : code;
}

/** Codes of streams that never began, because the connection was closing or had no stream left. */
const unopened: ReadonlySet<string> = new Set([
  "ERR_HTTP2_GOAWAY_SESSION",
  "ERR_HTTP2_INVALID_SESSION",
  "ERR_HTTP2_OUT_OF_STREAMS",
  "ERR_HTTP2_STREAM_CANCEL",
]);

/** Returns whether the server did not process the request: the stream never began, or was refused (RFC 9113 §8.7). */
export function isUnprocessed(error: unknown, code: string | undefined): boolean {
  if (code === "ERR_HTTP2_STREAM_ERROR") return messageOf(error).includes("NGHTTP2_REFUSED_STREAM");
  return code !== undefined && unopened.has(code);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : "";
}

/** Returns the error for a stream that was reset within the body, which undici does not report. */
export function streamReset(): Error {
  return Object.assign(new Error("the stream ended within the body"), { code: "ERR_HTTP2_STREAM_ERROR" });
}
