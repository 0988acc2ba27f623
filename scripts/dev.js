/** `npm run dev`: runs the quick tests, then compiles changed files and runs the tests that they affect, until Ctrl-C. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const cwd = fileURLToPath(new URL("..", import.meta.url));

// A separate process group: `tsc` starts a native process, and both must end.
const compiler = spawn(
  process.execPath,
  ["node_modules/typescript/bin/tsc", "-b", "--watch", "--preserveWatchOutput"],
  { cwd, stdio: ["ignore", "inherit", "inherit"], detached: process.platform !== "win32" },
);
const tests = spawn(process.execPath, ["node_modules/vitest/vitest.mjs", "watch", "--mode", "quick"], {
  cwd,
  stdio: "inherit",
});

function stop() {
  tests.kill();
  try {
    if (compiler.pid !== undefined) process.kill(process.platform === "win32" ? compiler.pid : -compiler.pid);
  } catch {
    // It has ended.
  }
}

compiler.once("exit", stop);
tests.once("exit", stop);
process.once("SIGINT", stop);
process.once("SIGTERM", stop);
