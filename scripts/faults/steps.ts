/** What servers do with a request: answer, break off, wait, or answer what no server should. */
import { STATUS_CODES } from "node:http";
import type { Step } from "./fault.js";

type Fields = Readonly<Record<string, string>>;

/** The bytes of an answer. Strings go as they are, anything else as JSON. */
export function answerOf(status: number, body: unknown, fields: Fields = {}): Buffer {
  const content =
    body instanceof Uint8Array ? body : Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
  const all = { "content-type": "application/json", "content-length": String(content.length), ...fields };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([
    Buffer.from(`HTTP/1.1 ${String(status)} ${STATUS_CODES[status] ?? ""}\r\n${lines.join("")}\r\n`, "latin1"),
    content,
  ]);
}

export function answer(status: number, body: unknown, fields?: Fields): Step {
  return ({ socket }) => void socket.write(answerOf(status, body, fields));
}

export const book = { name: "b" };
export const ok: Step = answer(200, book);
/** A token. */
export const grant: Step = answer(200, { access_token: "token", expires_in: 3600 });

/** An error as AIP-193 writes it. */
export function failure(status: number, rest: object = {}, fields?: Fields): Step {
  return answer(status, { error: { code: status, message: "no", ...rest } }, fields);
}

/** An error with one detail. */
export function detailed(status: number, type: string, detail: object): Step {
  return failure(status, { details: [{ "@type": `type.googleapis.com/google.rpc.${type}`, ...detail }] });
}

/** Good for whoever waited so many milliseconds since the last request; too early for others. */
export function patient(milliseconds: number): Step {
  return (received) => (received.gap >= milliseconds ? ok : failure(400, { message: "too early" }))(received);
}

/** A `Retry-After` date one to two seconds ahead: dates have no milliseconds. */
export const laterByDate: Step = (received) => {
  const date = new Date(Math.ceil(Date.now() / 1000 + 1) * 1000).toUTCString();
  failure(503, {}, { "retry-after": date })(received);
};

export const redirect = (status: number): Step => {
  return (received) => answer(status, "", { location: `${received.elsewhere}v1/books/b` })(received);
};

/** No answer at all. */
export const silence: Step = () => undefined;
/** The end of the connection, in order. */
export const close: Step = ({ socket }) => void socket.end();
/** The end of the connection by RST. */
export const reset: Step = ({ socket }) => void socket.resetAndDestroy();

/** So many bytes of an answer, and then something else. */
export function partly(bytes: Buffer, length: number, then: Step): Step {
  // Those bytes shall arrive: an RST that follows at once would overtake them.
  return (received) => void received.socket.write(bytes.subarray(0, length), () => late(50, then)(received));
}

/** The bytes of an answer up to its body. */
export function headLength(bytes: Buffer): number {
  return bytes.indexOf("\r\n\r\n") + 4;
}

/** An answer, and the end of the connection behind it, of which it said nothing. */
export function thenClose(step: Step): Step {
  return (received) => {
    step(received);
    received.socket.end();
  };
}

/** Byte by byte. */
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

/** Some milliseconds late. */
export function late(milliseconds: number, step: Step): Step {
  return (received) => void setTimeout(step, milliseconds, received);
}

/** First the caller's signal aborts, then this. */
export function aborted(step: Step): Step {
  return (received) => {
    received.abort();
    step(received);
  };
}

/** Like {@link aborted}, the other way round and a little later: the answer's beginning has arrived by then. */
export function thenAborted(step: Step): Step {
  return (received) => {
    step(received);
    setTimeout(received.abort, 150);
  };
}
