/** The output of `discogen call`: JSON, or downloaded bytes. */

import type { Output } from "./terminal.js";

/** Prints a value as JSON. Prints nothing for `undefined`. */
export async function printValue(stdout: Output, value: unknown): Promise<void> {
  if (value !== undefined) await write(stdout, `${json(value, "")}\n`);
}

/** Prints a JSON array, each element when it arrives. */
export async function printList(stdout: Output, values: AsyncIterable<unknown>): Promise<void> {
  let isFirst = true;
  for await (const value of values) {
    await write(stdout, `${isFirst ? "[" : ","}\n  ${json(value, "  ")}`);
    isFirst = false;
  }
  await write(stdout, isFirst ? "[]\n" : "\n]\n");
}

/** Prints bytes. Waits while the reader is slower. */
export async function printBytes(stdout: Output, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const chunk of chunks) await write(stdout, chunk);
}

/** Escapes characters that control a terminal. JSON allows them. */
function json(value: unknown, indent: string): string {
  return JSON.stringify(value, undefined, 2)
    .replace(
      /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
    )
    .replaceAll("\n", `\n${indent}`);
}

/** Rejects with EPIPE if the reader closed the pipe. */
function write(stdout: Output, data: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    stdout.write(data, (error) => (error instanceof Error ? reject(error) : resolve()));
  });
}
