/** `--watch` and Ctrl-C, with the real binary. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { DISCOGEN } from "../../support/discogen.js";
import { ROOT, temporaryFolder } from "../../support/folders.js";
import { serve } from "../../runtime/support/server.js";

const FIXTURE = join(ROOT, "test/fixtures/shelves.v1.json");

interface Running {
  readonly child: ChildProcess;
  /** Resolves once what was printed since the last call, to either stream, matches all. */
  readonly printed: (...patterns: readonly RegExp[]) => Promise<string>;
  readonly ended: Promise<readonly [code: number | null, signal: string | null]>;
}

function start(folder: string, ...args: readonly string[]): Running {
  const child = spawn(process.execPath, [DISCOGEN, ...args], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  let text = "";
  let look = () => {};
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      look();
    });
  const printed = (...patterns: readonly RegExp[]) =>
    new Promise<string>((resolve) => {
      look = () => {
        if (!patterns.every((pattern) => pattern.test(text))) return;
        const found = text;
        text = "";
        look = () => {};
        resolve(found);
      };
      look();
    });
  const ended = once(child, "close").then(([code, signal]) => [code, signal] as const);
  return { child, printed, ended };
}

describe("discogen generate --watch", () => {
  it("generates again when a document changes, also by another in its place", async () => {
    const folder = await temporaryFolder();
    await cp(FIXTURE, join(folder, "shelves.json"));
    const { child, printed, ended } = start(folder, "generate", "shelves.json", "--out", "out", "--watch");
    expect(await printed(/watching/, /1 API,/)).toContain("(2 written)");

    const text = await readFile(FIXTURE, "utf8");
    await writeFile(join(folder, "shelves.json"), text.replace("20260101", "20270101"));
    await printed(/watching/, /1 API,/);
    expect(await readFile(join(folder, "out/shelves/v1/index.ts"), "utf8")).toContain("20270101");

    await writeFile(join(folder, "beside.json"), text.replace("20260101", "20280101"));
    await rename(join(folder, "beside.json"), join(folder, "shelves.json"));
    await printed(/watching/, /1 API,/);
    expect(await readFile(join(folder, "out/shelves/v1/index.ts"), "utf8")).toContain("20280101");

    child.kill("SIGINT");
    expect(await ended).toEqual([0, null]);
  });

  it("outlives a config at fault", async () => {
    const folder = await temporaryFolder();
    const file = join(folder, "discogen.config.ts");
    await writeFile(file, 'export default { apis: ["sqladmin:v1beta3"], ouput: "out" };');
    const { child, printed, ended } = start(folder, "generate", "--watch");
    expect(await printed(/watching/)).toContain("did you mean output?");
    await writeFile(file, 'export default { apis: ["sqladmin:v1beta3"], output: "out" };');
    expect(await printed(/watching/, /1 API,/)).toContain("(2 written)");
    child.kill("SIGINT");
    expect(await ended).toEqual([0, null]);
  });
});

it("Ctrl-C leaves everything as it was", async () => {
  const folder = await temporaryFolder();
  // A server that never answers: the run is in the midst of its work.
  let asked = () => {};
  const isAsked = new Promise<void>((resolve) => (asked = resolve));
  const { url } = await serve(() => asked());
  await writeFile(join(folder, "discogen.config.json"), JSON.stringify({ apis: ["sqladmin:v1beta3", `${url}rest`] }));
  const { child, ended, printed } = start(folder, "generate", "--no-cache");
  await isAsked;
  child.kill("SIGINT");
  expect(await ended).toEqual([130, null]);
  expect(await printed(/interrupted/)).toContain("interrupted");
  expect(await readdir(folder)).toEqual(["discogen.config.json"]);
});
