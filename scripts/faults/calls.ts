/** The calls of the table, with a small client like those of the generator. */
import { setTimeout } from "node:timers/promises";
import { type MethodDescriptor, operate, stream } from "../../runtime/src/index.js";
import type { Call } from "./fault.js";

export const get: Call = { name: "GET", run: ({ books }, signal) => books.get({ book: "b" }, { signal }) };

export const getUnlessSame: Call = {
  name: "GET, ifNoneMatch",
  run: ({ books }, signal) => books.get({ book: "b" }, { signal, ifNoneMatch: '"1"' }),
};

export const post: Call = { name: "POST", run: ({ books }, signal) => books.insert({ requestBody: {} }, { signal }) };

export const postWithId: Call = {
  name: "POST, requestId",
  run: ({ books }, signal) => books.insert({ requestId: "r-1", requestBody: {} }, { signal }),
};

export const patchIfSame: Call = {
  name: "PATCH, ifMatch",
  run: ({ books }, signal) => books.patch({ book: "b", requestBody: {} }, { signal, ifMatch: '"1"' }),
};

/** Reads the items of all pages, with some work for each. */
export const everyPage: Call = {
  name: "GET, every page",
  run: async ({ books }, signal) => {
    let items = 0;
    for await (const _ of books.list({}, { signal })) {
      await setTimeout(400);
      items++;
    }
    return { items };
  },
};

export const content: Call = {
  name: "GET, content",
  run: async ({ books }, signal) => ({ text: await (await books.raw({ book: "b" }, { signal })).text() }),
};

const listen: MethodDescriptor = {
  id: "library.books.listen",
  httpMethod: "GET",
  path: "books:listen",
  response: "stream",
};

/** Reads the messages of a streamed response. */
export const messages: Call = {
  name: "GET, messages",
  run: async (client, signal) => {
    let count = 0;
    for await (const _ of stream<object>(client, listen, {}, { signal })) count++;
    return { messages: count };
  },
};

/** Sends a stream, which can be sent only once, and then makes another call. */
export const streamTwice: Call = {
  name: "POST of a stream, then GET",
  run: async (client, signal) => {
    async function* chunks(): AsyncGenerator<Uint8Array, void, undefined> {
      yield new TextEncoder().encode("abc");
    }
    const uploaded = client.books.create({ media: { body: chunks(), size: 3, resumable: false } }, { signal });
    await Promise.allSettled([uploaded]);
    return get.run(client, signal);
  },
};

const operation: MethodDescriptor = {
  id: "library.books.rebind",
  httpMethod: "POST",
  path: "books:rebind",
  response: "json",
  operation: {
    polls: [
      {
        method: { id: "library.operations.get", httpMethod: "GET", path: "operations/1", response: "json" },
        parameters: {},
      },
    ],
    done: "done",
    error: "error",
    isAnswer: true,
  },
};

export const waiting: Call = {
  name: "POST, wait for 1.25 s",
  run: (client, signal) => operate(client, operation, {}, { signal }).wait({ timeout: 1250 }),
};

const mebibyte: Uint8Array = new Uint8Array(1024 * 1024);

/** Uploads content in chunks of 256 KiB. */
export function inChunks(name: string, body: () => unknown): Call {
  return {
    name: `POST, ${name} in chunks`,
    run: ({ books }, signal) =>
      books.create({ media: { body: body(), resumable: true, chunkSize: 256 * 1024 } }, { signal }),
  };
}

export const bytesInChunks: Call = inChunks("content", () => mebibyte);

/** Makes a GET before the call, and a pause in which the connection may break. */
export function again(call: Call): Call {
  return {
    name: `GET, then ${call.name}`,
    run: async (client, signal) => {
      await get.run(client, signal);
      await setTimeout(50);
      return call.run(client, signal);
    },
  };
}
