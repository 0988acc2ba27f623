/** An undici agent that counts its connections. */
import type { Socket } from "node:net";
import { setTimeout } from "node:timers/promises";
import { Agent, buildConnector } from "undici";
import { patience } from "../../test/runtime/support/leftovers.js";

export interface CountingAgent {
  readonly dispatcher: Agent;
  /** The number of connections started so far. */
  started(): number;
  /** The number of connections that are not closed, including pending ones. */
  open(): number;
  /** Waits for pending requests. Resolves to `false` if some did not end and were aborted. */
  close(): Promise<boolean>;
}

/** @param ready Called with the number of each connection. The connection starts after its promise. */
export function countingAgent(
  options: buildConnector.BuildOptions,
  ready: (connection: number) => Promise<unknown> | undefined,
): CountingAgent {
  const sockets: Socket[] = [];
  let started = 0;
  const connect = buildConnector(options);
  const dispatcher = new Agent({
    connect: (where, callback) => {
      started++;
      // Its type does not mention the returned socket.
      const start = () => void sockets.push(connect(where, callback) as unknown as Socket);
      const wait = ready(started);
      if (wait === undefined) start();
      else void wait.then(start);
    },
  });
  return {
    dispatcher,
    started: () => started,
    open: () => sockets.filter((socket) => !socket.destroyed).length,
    close: async () => {
      const end = dispatcher.close().then(() => true);
      const isEnded = await Promise.race([end, setTimeout(patience, false, { ref: false })]);
      if (!isEnded) await dispatcher.destroy();
      return isEnded;
    },
  };
}
