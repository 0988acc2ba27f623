/** Streaming methods with the mock transport. */
import {
  ApiClient,
  type ApiDescriptor,
  type CallOptions,
  type ClientOptions,
  type MethodDescriptor,
  Resource,
  stream,
  type StreamPromise,
} from "@discogen/runtime";
import { AnonymousCredentials } from "@discogen/runtime/auth";
import { createMockTransport, type MockHandlers, mockResponse } from "@discogen/runtime/testing";
import { expect, it } from "vitest";

interface Message {
  readonly n?: number;
}

const api: ApiDescriptor = { descriptors: 2, id: "talk:v1", rootUrl: "https://t/", servicePath: "", scopes: [] };
const listen: MethodDescriptor = { id: "talk.rooms.listen", httpMethod: "GET", path: "rooms", response: "stream" };

class RoomsResource extends Resource {
  listen(params?: { readonly room?: string }, options?: CallOptions): StreamPromise<Message> {
    return stream(this, listen, params, options);
  }
}

class TalkClient extends ApiClient {
  readonly rooms: RoomsResource = new RoomsResource(this);
  constructor(options?: ClientOptions) {
    super(api, options);
  }
}

async function* generated(): AsyncGenerator<Message, void, undefined> {
  yield { n: 1 };
  await Promise.resolve();
  yield { n: 2 };
}

type Handler = NonNullable<MockHandlers<TalkClient>["talk.rooms.listen"]>;

it.each<[string, Handler]>([
  ["an array", () => [{ n: 1 }, { n: 2 }]],
  ["a promise of an array", async () => [{ n: 1 }, { n: 2 }]],
  ["an async iterable", generated],
  ["a response with an array", () => mockResponse({ body: [{ n: 1 }, { n: 2 }] })],
  ["a response with an async iterable", () => mockResponse({ body: generated() })],
  [
    "server-sent events",
    () =>
      mockResponse({ headers: { "content-type": "text/event-stream" }, body: 'data: {"n":1}\n\ndata: {"n":2}\n\n' }),
  ],
])("a handler can return %s", async (_name, handler) => {
  const transport = createMockTransport(TalkClient, { "talk.rooms.listen": handler });
  const { rooms } = new TalkClient({ auth: new AnonymousCredentials(), transport });
  const read: Message[] = [];
  for await (const message of rooms.listen()) read.push(message);
  expect(read).toEqual([{ n: 1 }, { n: 2 }]);
  expect(await rooms.listen()).toEqual(read);
});

it("an async iterable is read only as far as the caller reads messages", async () => {
  const yielded: number[] = [];
  const transport = createMockTransport(TalkClient, {
    "talk.rooms.listen": async function* () {
      for (let n = 1; n < 100; n++) {
        yielded.push(n);
        yield { n };
      }
    },
  });
  const { rooms } = new TalkClient({ auth: new AnonymousCredentials(), transport });
  for await (const { n } of rooms.listen()) if (n === 3) break;
  expect(yielded).toEqual([1, 2, 3]);
});

it("a handler without a stream of messages does not compile", () => {
  // @ts-expect-error one message is not an array
  const handlers: MockHandlers<TalkClient> = { "talk.rooms.listen": () => ({ n: 1 }) };
  expect(handlers).toBeDefined();
});
