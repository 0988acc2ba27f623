/**
 * Accepts uploads and serves downloads as fast as possible, with the part of Google's protocols that clients need.
 *
 * It searches for ends instead of parsing bodies: a server slower than its clients would hide their differences.
 * Uploads are counted and discarded. `GET …?size=N` returns N zero bytes.
 */
import { createServer, type Socket } from "node:net";

const zeros = Buffer.alloc(1024 * 1024);
const endOfHead = "\r\n\r\n";
const endOfChunks = Buffer.from("\r\n0\r\n\r\n");

/** The state of reading one request. */
interface Reading {
  readonly head: string;
  /** The remaining bytes of the body. `undefined` for a chunked body. */
  left: number | undefined;
  /** The last bytes of a chunked body. */
  tail: Buffer;
}

let port = 0;

const server = createServer({ noDelay: true }, (socket) => {
  let rest: Buffer = Buffer.alloc(0);
  let reading: Reading | undefined;
  socket.on("error", () => socket.destroy());
  socket.on("data", (chunk) => {
    let bytes: Buffer = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    rest = Buffer.alloc(0);
    while (bytes.length > 0) {
      if (reading === undefined) {
        const end = bytes.indexOf(endOfHead);
        if (end === -1) {
          rest = bytes;
          return;
        }
        reading = startReading(bytes.toString("latin1", 0, end));
        bytes = bytes.subarray(end + endOfHead.length);
      }
      bytes = consume(reading, bytes);
      if (reading.left === 0) {
        respond(reading.head, socket);
        reading = undefined;
      }
    }
  });
});

function startReading(head: string): Reading {
  const length = /^content-length: *(\d+)/im.exec(head)?.[1];
  const isChunked = /^transfer-encoding: *chunked/im.test(head);
  return { head, left: isChunked ? undefined : Number(length ?? 0), tail: Buffer.alloc(0) };
}

/** Reads the bytes of one request. Returns those of the next one. */
function consume(reading: Reading, bytes: Buffer): Buffer {
  if (reading.left !== undefined) {
    const taken = Math.min(reading.left, bytes.length);
    reading.left -= taken;
    return bytes.subarray(taken);
  }
  // No client sends another request before the response.
  const tail = Buffer.concat([reading.tail, bytes.subarray(-endOfChunks.length)]).subarray(-endOfChunks.length);
  reading.tail = tail;
  if (tail.equals(endOfChunks)) reading.left = 0;
  return Buffer.alloc(0);
}

function respond(head: string, socket: Socket): void {
  const [, method, target = ""] = /^(\w+) (\S+)/.exec(head) ?? [];
  if (method === "GET") return sendZeros(Number(/[?&]size=(\d+)/.exec(target)?.[1] ?? 0), socket);
  if (method === "POST" && /[?&]uploadType=resumable/.test(target)) {
    socket.write(
      `HTTP/1.1 200 OK\r\nLocation: http://127.0.0.1:${port}/session?upload_id=1\r\nContent-Length: 0\r\n\r\n`,
    );
    return;
  }
  const [, last = "", total] = /^content-range: *bytes \d+-(\d+)\/(\d+|\*)/im.exec(head) ?? [];
  const isDone = total === undefined || Number(last) + 1 === Number(total);
  const body = '{"kind":"storage#object","name":"a","size":"1"}';
  const done = `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  socket.write(isDone ? done : `HTTP/1.1 308 Resume Incomplete\r\nRange: bytes=0-${last}\r\nContent-Length: 0\r\n\r\n`);
}

function sendZeros(size: number, socket: Socket): void {
  socket.write(
    `HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nETag: "1"\r\nContent-Length: ${size}\r\n\r\n`,
  );
  let left = size;
  const more = () => {
    while (left > 0 && !socket.destroyed) {
      const chunk = left < zeros.length ? zeros.subarray(0, left) : zeros;
      left -= chunk.length;
      if (!socket.write(chunk)) {
        socket.once("drain", more);
        return;
      }
    }
  };
  more();
}

server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (typeof address !== "object" || address === null) return;
  ({ port } = address);
  process.send?.({ port });
});
// The benchmark has ended.
process.on("disconnect", () => process.exit());
