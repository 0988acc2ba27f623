/** Temporary files of killed processes. */
import { spawn } from "node:child_process";
import { readdir, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openFile } from "../../../runtime/src/platform/file-writer.js";
import { temporaryFolder } from "../../support/folders.js";

describe("a temporary file", () => {
  /** A name that another process of this machine could use. */
  async function nameOf(pid: number, space?: string): Promise<string> {
    const folder = await temporaryFolder();
    const file = await openFile(join(folder, "a"));
    const [name = ""] = await readdir(folder);
    await file.discard();
    const [, own = ""] = /^\.discogen-(\w+)-/.exec(name) ?? [];
    return `.discogen-${space ?? own}-${String(pid)}-0123456789ab.tmp`;
  }

  async function pidOfEnded(): Promise<number> {
    const child = spawn(process.execPath, ["--version"], { stdio: "ignore" });
    await new Promise((resolve) => child.once("close", resolve));
    return child.pid ?? 0;
  }

  it.each<[string, () => Promise<string>, number, boolean]>([
    ["of an ended process is deleted", async () => nameOf(await pidOfEnded()), 0, false],
    ["of a running process stays", () => nameOf(process.ppid), 0, true],
    ["of this process stays", () => nameOf(process.pid), 0, true],
    ["of another machine stays", async () => nameOf(await pidOfEnded(), "00000000"), 0, true],
    ["of another machine is deleted after a day", async () => nameOf(1, "00000000"), 25, false],
    ["of a reused process id is deleted after a day", () => nameOf(process.ppid), 25, false],
    ["is not every file with this prefix", async () => ".discogen-notes.tmp", 25, true],
  ])("%s", async (_, nameIt, hours, stays) => {
    const folder = await temporaryFolder();
    const name = await nameIt();
    const time = new Date(Date.now() - hours * 3_600_000);
    await writeFile(join(folder, name), "part");
    await utimes(join(folder, name), time, time);
    await (await openFile(join(folder, "a"))).discard();
    expect((await readdir(folder)).filter((found) => found !== "a")).toEqual(stays ? [name] : []);
  });
});
