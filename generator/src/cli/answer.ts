/** What `discogen call` prints: JSON, or bytes as they came. */

import type { Output } from "./terminal.js";

/** A value as JSON; none where there is no value. */
export async function printValue(stdout: Output, value: unknown): Promise<void> {
  if (value !== undefined) await write(stdout, `${json(value, "")}\n`);
}

/** One JSON list, element by element as they come. */
export async function printList(stdout: Output, values: AsyncIterable<unknown>): Promise<void> {
  let isFirst = true;
  for await (const value of values) {
    await write(stdout, `${isFirst ? "[" : ","}\n  ${json(value, "  ")}`);
    isFirst = false;
  }
  await write(stdout, isFirst ? "[]\n" : "\n]\n");
}

/** Bytes, no faster than they are taken. */
export async function printBytes(stdout: Output, pieces: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const piece of pieces) await write(stdout, piece);
}

/** Escapes what a terminal would obey, which JSON may hold as it is. */
function json(value: unknown, indent: string): string {
  return JSON.stringify(value, undefined, 2)
    .replace(
      /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
    )
    .replaceAll("\n", `\n${indent}`);
}

/** Rejects with EPIPE where the reader has seen enough. */
function write(stdout: Output, data: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    stdout.write(data, (error) => (error instanceof Error ? reject(error) : resolve()));
  });
}
