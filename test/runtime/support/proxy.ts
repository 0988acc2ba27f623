/** A proxy on a real socket that tunnels all requests to one local server. */
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { onTestFinished } from "vitest";

export interface TestProxy {
  readonly url: string;
  /** `host:port` of each CONNECT. */
  readonly requested: string[];
  /** `Proxy-Authorization` of each CONNECT. */
  readonly credentials: (string | undefined)[];
}

/** Starts a proxy that is stopped at the end of the test. With a status other than 200 it rejects. */
export async function proxyTo(target: string, status = 200): Promise<TestProxy> {
  const requested: string[] = [];
  const credentials: (string | undefined)[] = [];
  const sockets = new Set<{ destroy(): unknown }>();
  const server = createServer();
  server.on("connect", (request, client) => {
    requested.push(request.url ?? "");
    credentials.push(request.headers["proxy-authorization"]);
    sockets.add(client);
    client.on("error", () => undefined);
    if (status !== 200) return void client.end(`HTTP/1.1 ${String(status)} No\r\ncontent-length: 0\r\n\r\n`);
    const upstream = connect(Number(new URL(target).port), "127.0.0.1", () => {
      client.write("HTTP/1.1 200 OK\r\n\r\n");
      client.pipe(upstream).pipe(client);
    });
    sockets.add(upstream);
    upstream.on("error", () => client.destroy());
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`, requested, credentials };
}
