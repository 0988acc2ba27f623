/** A stream is sent from its first byte by one call, or the call is rejected. */
import { once } from "node:events";
import { createReadStream } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { setTimeout } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { InvalidRequestError } from "../../../runtime/src/index.js";
import { temporaryFolder } from "../../support/folders.js";
import { clientOf, failureOf } from "../support/library.js";
import { serve, type Seen } from "../support/server.js";
import { uploadForms } from "../support/upload-forms.js";

const text = "0123456789";

async function* generated(): AsyncGenerator<Uint8Array, void, undefined> {
  yield Buffer.from(text);
}

/** A server that stores what it receives, in one request or in chunks. */
async function storingServer(): Promise<{
  readonly url: string;
  readonly seen: Seen[];
  readonly stored: () => string;
}> {
  const { seen, url } = await serve((request, response) => {
    if (request.url.includes("uploadType=resumable")) response.writeHead(200, { location: "/session" }).end();
    else response.writeHead(200, { "content-type": "application/json" }).end("{}");
  });
  return { url, seen, stored: () => seen.map(({ body }) => body).join("") };
}

async function readStream(): Promise<Readable> {
  const path = join(await temporaryFolder(), "content");
  await writeFile(path, text);
  return createReadStream(path);
}

/** A stream that was read to its end, without being destroyed. */
async function ended(stream: Readable): Promise<Readable> {
  stream.resume();
  await once(stream, "end");
  return stream;
}

/** A stream as in readable-stream 3, which many packages contain. */
function oldStyle(state: object): unknown {
  return { ...state, on: () => undefined, pipe: () => undefined, [Symbol.asyncIterator]: () => generated() };
}

const used: readonly (readonly [string, () => Promise<unknown>, string])[] = [
  [
    "a file stream that was read",
    async () => {
      const stream = await readStream();
      await buffer(stream);
      return stream;
    },
    "was read before",
  ],
  [
    "a stream after one byte was read",
    async () => {
      const stream = Readable.from(Buffer.from(text), { objectMode: false });
      await once(stream, "readable");
      stream.read(1);
      return stream;
    },
    "was read before",
  ],
  [
    "a stream that has ended",
    async () =>
      ended(
        new Readable({
          autoDestroy: false,
          read() {
            this.push(null);
          },
        }),
      ),
    "was read before",
  ],
  [
    "a transform that was read",
    async () => ended(new PassThrough({ autoDestroy: false }).end(text)),
    "was read before",
  ],
  ["a destroyed stream", async () => Readable.from([text]).destroy(), "is closed"],
  [
    "a stream that has failed",
    async () => {
      const stream = new PassThrough();
      stream.on("error", () => undefined).destroy(new Error("the disk failed"));
      return stream;
    },
    "cannot be read: the disk failed",
  ],
  [
    "a stream that flows to a listener",
    async () => Readable.from([text]).on("data", () => undefined),
    "is being read elsewhere",
  ],
  [
    "a stream that is piped",
    async () => {
      const stream = Readable.from([text]);
      stream.pipe(new PassThrough());
      return stream;
    },
    "is being read elsewhere",
  ],
  ["an old-style stream that has ended", async () => oldStyle({ readable: false }), "is closed"],
  [
    "an old-style stream that flows",
    async () => oldStyle({ readable: true, readableFlowing: true }),
    "is being read elsewhere",
  ],
  [
    "a web stream with a reader",
    async () => {
      const stream = new Blob([text]).stream();
      stream.getReader();
      return stream;
    },
    "is locked to another reader",
  ],
  [
    "a web stream that was read",
    async () => {
      const stream = new Blob([text]).stream();
      await buffer(stream);
      return stream;
    },
    "was read before",
  ],
  [
    "a web stream after one chunk was read",
    async () => {
      const stream = new Blob([text]).stream();
      const reader = stream.getReader();
      await reader.read();
      reader.releaseLock();
      return stream;
    },
    "was read before",
  ],
  [
    "a web stream that was cancelled",
    async () => {
      const stream = new Blob([text]).stream();
      await stream.cancel();
      return stream;
    },
    "was read before",
  ],
  [
    "a web stream that has failed",
    async () => new ReadableStream({ start: (controller) => controller.error(new Error("gone")) }),
    "has failed",
  ],
  [
    "the body of a response that was read",
    async () => {
      const response = new Response(text);
      await response.text();
      return response.body;
    },
    ": pass a new stream, or { path }",
  ],
];

for (const { name, parameter, send } of uploadForms) {
  describe(`${name}, before anything is sent, it rejects`, () => {
    it.each(used)("%s", async (_name, make, problem) => {
      const { seen, url } = await storingServer();
      const error = await failureOf(send(clientOf(url), await make()));
      expect(error).toBeInstanceOf(InvalidRequestError);
      expect(error).toMatchObject({ faults: [{ parameter, message: expect.stringContaining(problem) as unknown }] });
      expect(seen).toHaveLength(0);
    });

    it.each<[string, () => unknown]>([
      ["a Node stream", () => Readable.from([text])],
      ["a web stream", () => new Blob([text]).stream()],
      ["a generator", generated],
      [
        "an iterable with one iterator",
        () => {
          const iterator = generated();
          return { [Symbol.asyncIterator]: () => iterator };
        },
      ],
    ])("%s that was passed to another call", async (_name, make) => {
      const { seen, url, stored } = await storingServer();
      const stream = make();
      // The credentials are asynchronous, so both calls begin before one of them reads.
      const auth = { getRequestHeaders: () => setTimeout(20, { authorization: "Bearer a" }) };
      const client = clientOf(url, { auth });
      const [first, second] = await Promise.allSettled([send(client, stream), send(client, stream)]);
      expect(first).toMatchObject({ status: "fulfilled" });
      expect(second).toMatchObject({ reason: { code: "INVALID_REQUEST" } });
      const requests = seen.length;
      expect(await failureOf(send(client, stream))).toMatchObject({ code: "INVALID_REQUEST" });
      expect(seen).toHaveLength(requests);
      expect(stored()).toContain(text);
    });
  });

  describe(`${name}, it sends`, () => {
    it.each<[string, () => unknown]>([
      ["a paused stream", () => Readable.from([text]).pause()],
      ["a stream whose input has ended", () => new PassThrough().end(text)],
      ["a Node stream from a web stream", () => Readable.fromWeb(new Blob([text]).stream() as never)], // of the same platform
    ])("%s", async (_name, make) => {
      const { url, stored } = await storingServer();
      await send(clientOf(url), make());
      expect(stored()).toContain(text);
    });

    it.each<[string, object]>([
      ["", {}],
      [" with unrelated members", { destroyed: true, locked: true, readable: false, on: () => undefined }],
    ])("an iterable%s that can be iterated again, twice", async (_name, members) => {
      const { url, stored } = await storingServer();
      const body = { ...members, [Symbol.asyncIterator]: generated };
      await send(clientOf(url), body);
      await send(clientOf(url), body);
      expect(stored().split(text)).toHaveLength(3);
    });

    it("a stream that an invalid call did not use", async () => {
      const { url, stored } = await storingServer();
      const body = Readable.from([text]);
      expect(await failureOf(send(clientOf(url), body, { timeout: -1 }))).toMatchObject({ code: "INVALID_REQUEST" });
      await send(clientOf(url), body);
      expect(stored()).toContain(text);
    });

    it("a stream that a batch rejected", async () => {
      const { url, stored } = await storingServer();
      const body = Readable.from([text]);
      const all = clientOf(url).batch();
      const rejected = failureOf(send(all as ReturnType<typeof clientOf>, body)); // the same client
      await all.send();
      expect(await rejected).toMatchObject({
        message: expect.stringContaining("batch does not support media") as unknown,
      });
      await send(clientOf(url), body);
      expect(stored()).toContain(text);
    });
  });

  it(`${name}, rejects a stream that is read elsewhere while the token is requested`, async () => {
    const { url, stored } = await storingServer();
    const body = Readable.from([text]);
    const auth = {
      getRequestHeaders: async () => {
        await buffer(body);
        return { authorization: "Bearer a" };
      },
    };
    const error = await failureOf(send(clientOf(url, { auth }), body));
    expect(String(error)).toContain("was read before");
    expect(stored()).not.toMatch(/\d/);
  });
}
