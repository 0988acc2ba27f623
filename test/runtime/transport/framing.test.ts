/** The framing of request bodies, byte by byte: with `content-length` if the length is known. */
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { Agent } from "undici";
import { describe, expect, it, onTestFinished } from "vitest";
import { fetchTransport, type HttpRequest, type Transport, undiciTransport } from "../../../runtime/src/index.js";
import { failureOf } from "../support/library.js";

/** An HTTP/1.0 server, which does not support chunked bodies. Records the bytes of each connection. */
async function recorder(): Promise<{ origin: string; received: string[] }> {
  const received: string[] = [];
  const server = createServer((socket) => {
    let text = "";
    let timer: NodeJS.Timeout;
    socket.on("error", () => undefined);
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
      clearTimeout(timer);
      timer = setTimeout(() => {
        received.push(text);
        socket.end("HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\n{}");
      }, 50);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return { origin: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`, received };
}

// Uses the caller's agent, not the one of this package.
const undici = undiciTransport(new Agent());
const bytes = new TextEncoder().encode("xabcx").subarray(1, 4);

describe.each([
  ["undici", undici],
  ["fetch", fetchTransport()],
] satisfies [string, Transport][])("over %s", (name, transport) => {
  const request = async (init: Pick<HttpRequest, "body" | "headers" | "method">): Promise<string> => {
    const { origin, received } = await recorder();
    const response = await transport.send({ origin, path: "/", timeout: 5000, ...init });
    expect(response).toMatchObject({ status: 200, body: "{}" });
    expect(received).toHaveLength(1);
    return received[0] ?? "";
  };

  const methods = ["DELETE", "OPTIONS", "PATCH", "POST", "PUT"];

  it.each(name === "fetch" ? methods : [...methods, "GET"])("%s", async (method) => {
    for (const [body, length, sent] of [
      ["é€", "5", "\u00c3\u00a9\u00e2\u0082\u00ac"],
      [bytes, "3", "abc"],
    ] as const) {
      const [head = "", rest] = (await request({ method, headers: { "x-a": "1" }, body })).split("\r\n\r\n");
      expect(head.match(/^content-length: .*$/gim)?.map((line) => line.toLowerCase())).toEqual([
        `content-length: ${length}`,
      ]);
      expect(head).not.toMatch(/^transfer-encoding:/im);
      expect(rest).toBe(sent);
    }
  });

  it.each(["DELETE", "GET"])("%s without a body has no length", async (method) => {
    expect(await request({ method, headers: {}, body: undefined })).not.toMatch(/^content-length:/im);
  });

  it("a stream of known length", async () => {
    const stream = async function* () {
      yield bytes;
      yield bytes;
    };
    const text = await request({ method: "PUT", headers: { "content-length": "6" }, body: stream() });
    expect(text).toMatch(/^content-length: 6\r$/im);
    expect(text).toMatch(/\r\n\r\nabcabc$/);
  });
});

it.each(["GET", "HEAD"])("rejects a body with %s over fetch, and names the alternative", async (method) => {
  const request = { method, origin: "http://127.0.0.1:1", path: "/", headers: {}, body: "a", timeout: 5000 };
  const error = await failureOf(fetchTransport().send(request));
  expect(error).toMatchObject({ code: "INVALID_REQUEST", message: expect.stringContaining("undiciTransport") });
});
