/**
 * The main job (`npm start`): generates a client from the bundled document, starts the mock with a fresh key, and runs
 * the example against it. Standard output carries the example's JSON alone.
 *
 * `--wrong-key` signs with another key than the mock handed out, to see the sign-in refused.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const DISCOGEN = join(ROOT, "generator/bin/discogen.js");
const API = "sqladmin:v1beta3";

/** Runs a program to its end; what it prints goes to standard error, which is for people. */
async function run(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  stdout: 1 | 2 = 2,
): Promise<number> {
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    env: { ...process.env, ...environment },
    stdio: ["ignore", stdout, 2],
  });
  const [code] = (await once(child, "exit")) as [number | null];
  return code ?? 1;
}

/** The first line the mock prints tells where it listens. */
async function mockUrl(mock: ChildProcess): Promise<string> {
  if (mock.stdout === null) throw new Error("the mock has no standard output");
  for await (const line of createInterface({ input: mock.stdout })) {
    const started: unknown = JSON.parse(line);
    if (typeof started === "object" && started !== null && "url" in started && typeof started.url === "string")
      return started.url;
  }
  throw new Error("the mock ended before it listened");
}

async function signWithAnotherKey(keyFile: string): Promise<void> {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const key: unknown = JSON.parse(await readFile(keyFile, "utf8"));
  const changed = { ...(key as object), private_key: privateKey.export({ type: "pkcs8", format: "pem" }) };
  await writeFile(keyFile, JSON.stringify(changed), { mode: 0o600 });
}

async function main(): Promise<number> {
  const generated = await run([DISCOGEN, "generate", API, "--out", "generated"]);
  if (generated !== 0) return generated;
  const built = await run([join(ROOT, "node_modules/typescript/bin/tsc"), "-b", "generated"]);
  if (built !== 0) return built;

  const folder = await mkdtemp(join(tmpdir(), "discogen-"));
  const keyFile = join(folder, "service-account.json");
  const mock = spawn(process.execPath, [DISCOGEN, "mock", API, "--key-file", keyFile, "--reporter", "json"], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", 2],
  });
  try {
    const url = await mockUrl(mock);
    if (process.argv.includes("--wrong-key")) await signWithAnotherKey(keyFile);
    const environment = {
      GOOGLE_APPLICATION_CREDENTIALS: keyFile,
      GOOGLE_CLOUD_PROJECT: "example-123",
      SQLADMIN_ROOT_URL: url,
    };
    return await run(["--import", "tsx", "examples/list-instances.ts"], environment, 1);
  } finally {
    mock.kill();
    await rm(folder, { recursive: true, force: true });
  }
}

process.exitCode = await main();
