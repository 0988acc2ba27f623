/** The number of connections, the work while connecting, and the end of connections of a probe. */
import net, { Socket } from "node:net";
import { Agent, request } from "undici";
import { expect, it, onTestFinished, vi } from "vitest";
import { isolatedTransport } from "../../../runtime/src/transport/node/isolated.js";
import { node } from "../../support/discogen.js";
import { ROOT } from "../../support/folders.js";
import { json, serve } from "../support/server.js";

/** A server of pages that counts its connections. */
async function counting(): Promise<{ readonly url: string; count(): number }> {
  const { server, url } = await serve((_request, response) => json(response, 200, { items: [] }));
  let count = 0;
  server.on("connection", () => count++);
  return { url, count: () => count };
}

it("a program that starts with bursts of 64 calls opens no more connections than an undici Agent", async () => {
  const [ours, plain] = [await counting(), await counting()];
  const burst = (call: () => Promise<unknown>): Promise<unknown> => Promise.all(Array.from({ length: 64 }, call));
  const pause = (): Promise<unknown> => new Promise((resolve) => setTimeout(resolve, 50));
  const dispatcher = new Agent();
  onTestFinished(() => dispatcher.destroy());
  const get = async (): Promise<void> => void (await (await request(plain.url, { dispatcher })).body.text());
  for (let round = 0; round < 3; round++) {
    await burst(get);
    await pause();
  }
  // In a separate process, because the first requests of a process may differ.
  const program = `
    import { SQLAdminClient } from "@discogen/generated/sqladmin/v1beta3";
    import { AnonymousCredentials } from "@discogen/runtime/auth";
    const { instances } = new SQLAdminClient({ auth: new AnonymousCredentials(), rootUrl: ${JSON.stringify(ours.url)} });
    for (let round = 0; round < 3; round++) {
      await Promise.all(Array.from({ length: 64 }, () => instances.list({ project: "p" })));
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  `;
  const { code, stderr } = await node(["--input-type=module", "--eval", program], ROOT);
  expect([code, stderr]).toEqual([0, ""]);
  expect(ours.count()).toBeLessThanOrEqual(plain.count());
});

it("an isolated transport closes a connection that is not established yet", async () => {
  const socket = new Socket();
  const begun = new Promise<void>((resolve) => {
    vi.spyOn(net, "connect").mockImplementation(() => {
      resolve();
      return socket;
    });
  });
  onTestFinished(() => void vi.restoreAllMocks());
  const { destroy, transport } = isolatedTransport();
  const origin = "http://192.0.2.1";
  const sent = transport.send({ method: "GET", origin, path: "/", headers: {}, timeout: 60_000 });
  const failure = sent.catch((error: unknown) => error);
  await begun;
  destroy();
  expect(await failure).toMatchObject({ code: "CONNECTION_FAILED", sent: false });
  expect(socket.destroyed).toBe(true);
});

it("the response parser is compiled while the first connection is established", async () => {
  // Tests the build: unmodified undici compiles the parser later.
  const program = `
    import { SQLAdminClient } from "@discogen/generated/sqladmin/v1beta3";
    import { AnonymousCredentials } from "@discogen/runtime/auth";
    const net = process.getBuiltinModule("node:net");
    const { Instance } = WebAssembly;
    let parsers = 0;
    WebAssembly.Instance = function (...args) {
      parsers++;
      return new Instance(...args);
    };
    net.connect = () => {
      setImmediate(() => {
        console.log(parsers);
        process.exit();
      });
      return new net.Socket();
    };
    const client = new SQLAdminClient({ auth: new AnonymousCredentials(), rootUrl: "http://127.0.0.1:1/" });
    await client.instances.list({ project: "p" });
  `;
  expect(await node(["--input-type=module", "--eval", program], ROOT)).toEqual({ code: 0, stdout: "1\n", stderr: "" });
});
