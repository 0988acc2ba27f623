/** Runs the program of a client against a mock of its own. */
import { rmSync } from "node:fs";
import { mkdtemp, writeFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadModel } from "@discogen/generator";
import { startMock } from "@discogen/generator/mock";
import { start } from "../platforms/processes.js";
import type { Client } from "./clients.js";
import type { Installed } from "./install.js";

const PROGRAMS = fileURLToPath(new URL("./program/", import.meta.url));

/** Milliseconds for one program. */
const LIMIT = 900_000;

/** What a step does, or is expected to do. `refused`: the mock does not model it, and says so. */
export type Outcome = "passes" | "refused";

export interface StepResult {
  readonly name: string;
  readonly want: Outcome;
  readonly outcome: Outcome | "fails";
  /** Of the refusal or the error. */
  readonly message?: string;
}

export interface RunOptions {
  readonly client: Client;
  readonly installed: Exclude<Installed, { readonly absent: string }>;
  /** Paths of the Discovery documents. */
  readonly documents: readonly string[];
  readonly onStep: (step: StepResult) => void;
}

/**
 * Runs all steps.
 *
 * @throws if the program ends before its last step, with the end of its output
 */
export async function runProgram({ client, installed, documents, onStep }: RunOptions): Promise<readonly StepResult[]> {
  const loaded = await Promise.all(documents.map((path) => loadModel(path)));
  const models = loaded.map(({ model }) => model);
  await using mock = await startMock({
    models,
    documents: loaded.map(({ json }) => json),
    open: client.open ?? false,
  });
  const work = await mkdtemp(join(tmpdir(), "discogen-clients-"));
  const remove = () => rmSync(work, { recursive: true, force: true });
  // An interrupt ends this process in the middle.
  process.once("exit", remove);
  try {
    const keyFile = join(work, "key.json");
    await writeFile(keyFile, JSON.stringify(mock.key), { mode: 0o600 });
    const env = {
      MOCK_URL: mock.url,
      MOCK_TOKEN_URL: mock.tokenUrl,
      MOCK_KEY_FILE: keyFile,
      CLIENT_FOLDER: installed.folder,
      PYTHONPATH: installed.folder,
      PYTHONUNBUFFERED: "1",
    };
    await using program = start({
      file: installed.command,
      args: [join(PROGRAMS, client.program)],
      cwd: work,
      env,
    });
    const limit = setTimeout(program.stop, LIMIT);
    const steps: StepResult[] = [];
    const { stdout } = program.child;
    if (stdout === null) throw new Error("the output of the program is not a pipe");
    for await (const line of createInterface({ input: stdout })) {
      // Clients print warnings.
      if (!line.startsWith('{"name":')) continue;
      // The programs of this folder print it.
      const step = JSON.parse(line) as StepResult;
      steps.push(step);
      onStep(step);
    }
    const code = await program.code;
    clearTimeout(limit);
    if (code !== 0) throw new Error(`ended with exit code ${String(code)}. ${program.output()}`);
    return steps;
  } finally {
    process.off("exit", remove);
    remove();
  }
}
