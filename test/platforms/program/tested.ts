/** A test of Jest or Vitest, with their globals. The input is in the environment. */
import { Readable } from "node:stream";
import { runChecks } from "./checks.ts";
import type { Input } from "./platform.ts";

declare const test: (name: string, body: () => Promise<void>, timeout: number) => void;

test("checks", async () => {
  const input: Input = JSON.parse(process.env["PLATFORM_INPUT"] ?? "");
  // Tests for browsers get no folder, and the build without Node.
  const nodeStream = (chunks: Iterable<Uint8Array>) => Readable.from(chunks);
  await runChecks({ input, ...(input.folder !== undefined && { nodeStream }) });
}, 90_000);
