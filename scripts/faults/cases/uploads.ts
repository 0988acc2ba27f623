/** Uploads in parts, to servers that do not keep what arrives, and of streams that do not come. */
import { PassThrough, Readable } from "node:stream";
import { bytesInParts, inParts } from "../calls.js";
import type { Fault } from "../fault.js";
import { answer, book, failure } from "../steps.js";

const opened = answer(200, "", { location: "/session" });
/** So many KiB have arrived. */
const kept = (kib: number) => answer(308, "", { range: `bytes=0-${String(kib * 1024 - 1)}` });
const nothingKept = answer(308, "");
const done = answer(200, book);
const allKept = [kept(256), kept(512), kept(768), done];

function repeat<T>(times: number, steps: readonly T[]): T[] {
  return Array.from({ length: times }, () => steps).flat();
}

export const uploads: readonly Fault[] = [
  { name: "every chunk arrives", call: bytesInParts, server: [opened, ...allKept] },
  { name: "503 to a chunk", call: bytesInParts, server: [opened, failure(503), kept(256), ...allKept.slice(1)] },
  {
    name: "what has arrived is lost once",
    call: bytesInParts,
    server: [opened, kept(256), kept(512), nothingKept, ...allKept],
  },
  { name: "nothing is ever kept", call: bytesInParts, server: [opened, nothingKept] },
  {
    name: "308 with and without `Range` in turn",
    call: bytesInParts,
    server: [opened, ...repeat(50, [kept(256), nothingKept])],
  },
  {
    name: "a stream that is closed",
    call: inParts("a closed stream", () => Readable.from([]).destroy()),
    server: [opened, done],
  },
  {
    name: "a stream that is silent, `timeout`",
    call: inParts("a stream", () => new PassThrough()),
    server: [opened, done],
    options: { timeout: 400 },
  },
];
