/**
 * Takes uploads and gives downloads as fast as sockets can, by Google's protocols as far as well-behaved clients need.
 *
 * It looks for ends instead of parsing bodies: a server that works harder than its clients would hide them. What it
 * gives are zeros, what it takes is counted and dropped. `GET …?size=N` gives N bytes.
 */
import { createServer, type Socket } from "node:net";

const zeros = Buffer.alloc(1024 * 1024);
const endOfHead = "\r\n\r\n";
const endOfChunks = Buffer.from("\r\n0\r\n\r\n");

/** What is being read of one request. */
interface Reading {
  readonly head: string;
  /** Bytes of the body that are still to come; `undefined`: until the end of chunks. */
  left: number | undefined;
  /** The last bytes of a body in chunks. */
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
        reading = begin(bytes.toString("latin1", 0, end));
        bytes = bytes.subarray(end + endOfHead.length);
      }
      bytes = consume(reading, bytes);
      if (reading.left === 0) {
        answer(reading.head, socket);
        reading = undefined;
      }
    }
  });
});

function begin(head: string): Reading {
  const length = /^content-length: *(\d+)/im.exec(head)?.[1];
  const isChunked = /^transfer-encoding: *chunked/im.test(head);
  return { head, left: isChunked ? undefined : Number(length ?? 0), tail: Buffer.alloc(0) };
}

/** What belongs to the next request. */
function consume(reading: Reading, bytes: Buffer): Buffer {
  if (reading.left !== undefined) {
    const taken = Math.min(reading.left, bytes.length);
    reading.left -= taken;
    return bytes.subarray(taken);
  }
  // Nobody sends another request before this one is answered.
  const tail = Buffer.concat([reading.tail, bytes.subarray(-endOfChunks.length)]).subarray(-endOfChunks.length);
  reading.tail = tail;
  if (tail.equals(endOfChunks)) reading.left = 0;
  return Buffer.alloc(0);
}

function answer(head: string, socket: Socket): void {
  const [, method, target = ""] = /^(\w+) (\S+)/.exec(head) ?? [];
  if (method === "GET") return give(Number(/[?&]size=(\d+)/.exec(target)?.[1] ?? 0), socket);
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

function give(size: number, socket: Socket): void {
  socket.write(
    `HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nETag: "1"\r\nContent-Length: ${size}\r\n\r\n`,
  );
  let left = size;
  const more = () => {
    while (left > 0 && !socket.destroyed) {
      const piece = left < zeros.length ? zeros.subarray(0, left) : zeros;
      left -= piece.length;
      if (!socket.write(piece)) {
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
// The benchmark that started it is gone.
process.on("disconnect", () => process.exit());
