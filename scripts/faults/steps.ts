/** What servers do with a request: respond, break the connection, wait, or send a malformed response. */
import { STATUS_CODES } from "node:http";
import type { Step } from "./fault.js";

type Fields = Readonly<Record<string, string>>;

/** Returns the bytes of a response. Strings are sent unchanged, other values as JSON. */
export function responseOf(status: number, body: unknown, fields: Fields = {}): Buffer {
  const content =
    body instanceof Uint8Array ? body : Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
  const all = { "content-type": "application/json", "content-length": String(content.length), ...fields };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([
    Buffer.from(`HTTP/1.1 ${String(status)} ${STATUS_CODES[status] ?? ""}\r\n${lines.join("")}\r\n`, "latin1"),
    content,
  ]);
}

export function respond(status: number, body: unknown, fields?: Fields): Step {
  return ({ socket }) => void socket.write(responseOf(status, body, fields));
}

export const book = { name: "b" };
export const ok: Step = respond(200, book);
/** Responds with a token. */
export const grant: Step = respond(200, { access_token: "token", expires_in: 3600 });

/** Responds with an error in the format of AIP-193. */
export function failure(status: number, rest: object = {}, fields?: Fields): Step {
  return respond(status, { error: { code: status, message: "no", ...rest } }, fields);
}

/** Responds with an error that has one detail. */
export function detailed(status: number, type: string, detail: object): Step {
  return failure(status, { details: [{ "@type": `type.googleapis.com/google.rpc.${type}`, ...detail }] });
}

/** Responds with success if the last request was at least this many milliseconds ago, else with an error. */
export function okAfter(milliseconds: number): Step {
  return (received) => (received.gap >= milliseconds ? ok : failure(400, { message: "too early" }))(received);
}

/** A `Retry-After` date one to two seconds ahead: dates have no milliseconds. */
export const laterByDate: Step = (received) => {
  const date = new Date(Math.ceil(Date.now() / 1000 + 1) * 1000).toUTCString();
  failure(503, {}, { "retry-after": date })(received);
};

export const redirect = (status: number): Step => {
  return (received) => respond(status, "", { location: `${received.elsewhere}v1/books/b` })(received);
};

/** Does not respond. */
export const silence: Step = () => undefined;
/** Closes the connection normally. */
export const close: Step = ({ socket }) => void socket.end();
/** Closes the connection with an RST. */
export const reset: Step = ({ socket }) => void socket.resetAndDestroy();

/** Sends the first `length` bytes of a response, and then performs another step. */
export function partly(bytes: Buffer, length: number, then: Step): Step {
  // Wait, so that the bytes arrive: an immediate RST would discard them.
  return (received) => void received.socket.write(bytes.subarray(0, length), () => late(50, then)(received));
}

/** Returns the number of bytes before the body of a response. */
export function headLength(bytes: Buffer): number {
  return bytes.indexOf("\r\n\r\n") + 4;
}

/** Responds and closes the connection without announcing it. */
export function thenClose(step: Step): Step {
  return (received) => {
    step(received);
    received.socket.end();
  };
}

/** Sends bytes one by one. */
export function trickle(bytes: Buffer, everyMs: number): Step {
  return ({ socket }) => {
    let sent = 0;
    const timer = setInterval(() => {
      if (sent < bytes.length) socket.write(bytes.subarray(sent, ++sent));
      else clearInterval(timer);
    }, everyMs);
    socket.once("close", () => clearInterval(timer));
  };
}

/** Performs a step after some milliseconds. */
export function late(milliseconds: number, step: Step): Step {
  return (received) => void setTimeout(step, milliseconds, received);
}

/** Aborts the caller's signal, then performs a step. */
export function aborted(step: Step): Step {
  return (received) => {
    received.abort();
    step(received);
  };
}

/** Performs a step and aborts the caller's signal later, when the beginning of the response has arrived. */
export function thenAborted(step: Step): Step {
  return (received) => {
    step(received);
    setTimeout(received.abort, 150);
  };
}
