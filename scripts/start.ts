/**
 * `npm start`: generates a client from the bundled document, starts the mock with a new key, and runs the example against
 * it. Standard output has the JSON of the example only.
 *
 * `--wrong-key` signs with a key that the mock does not know, to show a refused authentication.
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

/** Runs a Node.js program and returns its exit code. Its output goes to standard error, unless `stdout` is 1. */
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
  const [code] = (await once(child, "exit")) as [number | null]; // of the event "exit"
  return code ?? 1;
}

/** Returns the URL of the mock, which is in the first line that it prints. */
async function mockUrl(mock: ChildProcess): Promise<string> {
  if (mock.stdout === null) throw new Error("The standard output of the mock is not a pipe.");
  for await (const line of createInterface({ input: mock.stdout })) {
    const started: unknown = JSON.parse(line);
    if (typeof started === "object" && started !== null && "url" in started && typeof started.url === "string")
      return started.url;
  }
  throw new Error("The mock exited before it listened.");
}

async function replaceKey(keyFile: string): Promise<void> {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const key: unknown = JSON.parse(await readFile(keyFile, "utf8"));
  // The mock writes a JSON object.
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
    if (process.argv.includes("--wrong-key")) await replaceKey(keyFile);
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
