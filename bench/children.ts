/** Child processes of benchmarks, which send their figures as messages. */
import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";

export function start(file: string, args: readonly string[]): ChildProcess {
  return fork(fileURLToPath(new URL(file, import.meta.url)), args, { execArgv: ["--import", "tsx"] });
}

/** Resolves to the first message of a process. Rejects if the process ends without one. */
export function message(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    child.once("message", resolve);
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`${child.spawnargs.at(-2) ?? "a process"} exited with ${code}`)));
  });
}

/** Checks that a message has these numbers. */
export function numbers<Name extends string>(sent: unknown, names: readonly Name[]): { [name in Name]: number } {
  const found = new Map(Object.entries(typeof sent === "object" && sent !== null ? sent : {}));
  const pairs = names.map((name) => {
    const value: unknown = found.get(name);
    if (typeof value !== "number") throw new Error(`no ${name} in ${JSON.stringify(sent)}`);
    return [name, value] as const;
  });
  // There is one entry per name, which the type of fromEntries does not express.
  return Object.fromEntries(pairs) as { [name in Name]: number };
}
