/** A local name server that knows no name. The responses of real ones differ between networks. */
import { createSocket } from "node:dgram";
import { Resolver } from "node:dns";
import { once } from "node:events";
import type { LookupFunction } from "node:net";

export interface NameServer {
  /** Looks up names with this server instead of the system's. */
  readonly lookup: LookupFunction;
  close(): Promise<void>;
}

export async function emptyNameServer(): Promise<NameServer> {
  const socket = createSocket("udp4");
  socket.on("message", (question, { address, port }) => {
    const response = Buffer.from(question);
    // Response, recursion available, NXDOMAIN (RFC 1035 §4.1.1).
    response.writeUInt16BE(0x8183, 2);
    socket.send(response, port, address);
  });
  await once(socket.bind(0, "127.0.0.1"), "listening");
  const resolver = new Resolver();
  resolver.setServers([`127.0.0.1:${String(socket.address().port)}`]);
  return {
    lookup: (host, _options, callback) => {
      resolver.resolve4(host, (error, addresses = []) =>
        callback(
          error,
          addresses.map((address) => ({ address, family: 4 })),
        ),
      );
    },
    close: async () => {
      resolver.cancel();
      await once(socket.close(), "close");
    },
  };
}
