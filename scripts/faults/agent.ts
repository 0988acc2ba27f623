/** undici's own agent, whose connections are counted. */
import type { Socket } from "node:net";
import { setTimeout } from "node:timers/promises";
import { Agent, buildConnector } from "undici";
import { patience } from "../../test/runtime/support/leftovers.js";

export interface CountingAgent {
  readonly dispatcher: Agent;
  /** Connections begun so far. */
  begun(): number;
  /** Connections that are not closed, those that are being made included. */
  open(): number;
  /** Lets requests under way end; `false`: some did not, and were ended. */
  close(): Promise<boolean>;
}

/** `ready` is waited for before each connection, with its number. */
export function countingAgent(
  options: buildConnector.BuildOptions,
  ready: (connection: number) => Promise<unknown> | undefined,
): CountingAgent {
  const sockets: Socket[] = [];
  let begun = 0;
  const connect = buildConnector(options);
  const dispatcher = new Agent({
    connect: (where, callback) => {
      begun++;
      // Its type keeps silent about the socket that it returns.
      const begin = () => void sockets.push(connect(where, callback) as unknown as Socket);
      const wait = ready(begun);
      if (wait === undefined) begin();
      else void wait.then(begin);
    },
  });
  return {
    dispatcher,
    begun: () => begun,
    open: () => sockets.filter((socket) => !socket.destroyed).length,
    close: async () => {
      const end = dispatcher.close().then(() => true);
      const isOver = await Promise.race([end, setTimeout(patience, false, { ref: false })]);
      if (!isOver) await dispatcher.destroy();
      return isOver;
    },
  };
}
