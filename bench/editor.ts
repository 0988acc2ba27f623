/** The memory of an editor's TypeScript server. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { COMPILERS } from "../scripts/type-check.js";
import { Unavailable } from "./unavailable.js";

/**
 * Opens a file in the server of TypeScript 5.9, as an editor does, and waits for its errors.
 *
 * @returns the peak memory of the server in MB
 */
export async function editorMemory(file: string): Promise<number> {
  if (process.platform !== "linux") throw new Unavailable("The memory of another process is read from /proc.");
  const server = spawn(
    process.execPath,
    [join(dirname(COMPILERS["5.9"]), "../lib/tsserver.js"), "--disableAutomaticTypingAcquisition"],
    { cwd: dirname(file), stdio: ["pipe", "pipe", "inherit"] },
  );
  const send = (seq: number, command: string, args: object) =>
    server.stdin.write(`${JSON.stringify({ seq, type: "request", command, arguments: args })}\n`);
  try {
    send(1, "open", { file });
    send(2, "geterr", { files: [file], delay: 0 });
    let output = "";
    for await (const chunk of server.stdout) {
      output += String(chunk);
      if (output.includes('"requestCompleted"')) break;
    }
    const status = await readFile(`/proc/${String(server.pid)}/status`, "utf8");
    const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
    if (kilobytes === undefined) throw new Error("The server of TypeScript exited early.");
    return Number(kilobytes) / 1024;
  } finally {
    server.kill();
    await once(server, "exit");
  }
}
