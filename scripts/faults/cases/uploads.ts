/** Uploads in chunks, to servers that lose chunks, and of streams without data. */
import { PassThrough, Readable } from "node:stream";
import { bytesInChunks, inChunks } from "../calls.js";
import type { Fault } from "../fault.js";
import { respond, book, failure } from "../steps.js";

const opened = respond(200, "", { location: "/session" });
/** Responds that this many KiB have arrived. */
const stored = (kib: number) => respond(308, "", { range: `bytes=0-${String(kib * 1024 - 1)}` });
const nothingStored = respond(308, "");
const done = respond(200, book);
const allStored = [stored(256), stored(512), stored(768), done];

function repeat<T>(times: number, steps: readonly T[]): T[] {
  return Array.from({ length: times }, () => steps).flat();
}

export const uploads: readonly Fault[] = [
  { name: "all chunks arrive", call: bytesInChunks, server: [opened, ...allStored] },
  { name: "503 for a chunk", call: bytesInChunks, server: [opened, failure(503), stored(256), ...allStored.slice(1)] },
  {
    name: "stored chunks are lost once",
    call: bytesInChunks,
    server: [opened, stored(256), stored(512), nothingStored, ...allStored],
  },
  { name: "no chunk is ever stored", call: bytesInChunks, server: [opened, nothingStored] },
  {
    name: "308 alternately with and without `Range`",
    call: bytesInChunks,
    server: [opened, ...repeat(50, [stored(256), nothingStored])],
  },
  {
    name: "a closed stream",
    call: inChunks("a closed stream", () => Readable.from([]).destroy()),
    server: [opened, done],
  },
  {
    name: "a stream without data, `timeout`",
    call: inChunks("a stream", () => new PassThrough()),
    server: [opened, done],
    options: { timeout: 400 },
  },
];
