/** What the platform offers beyond the language, where it does: workers have no `process`, and a bundler's may be empty. */
import type * as Diagnostics from "node:diagnostics_channel";
import type * as Streams from "node:stream";

interface Process {
  readonly env?: { readonly [name: string]: string | undefined };
  getBuiltinModule?(name: "node:diagnostics_channel"): typeof Diagnostics;
  getBuiltinModule?(name: "node:stream"): typeof Streams;
}

const { process } = globalThis as { readonly process?: Process };

/** A variable of the environment; an empty one counts as absent. */
export function environment(name: string): string | undefined {
  const value = process?.env?.[name];
  return value === "" ? undefined : value;
}

/** Node's channels for those who watch programs, without an import that other platforms would trip over. */
export function diagnostics(): typeof Diagnostics | undefined {
  return process?.getBuiltinModule?.("node:diagnostics_channel");
}

/** Node's streams, whose functions know those of the web as well. */
export function nodeStreams(): typeof Streams | undefined {
  return process?.getBuiltinModule?.("node:stream");
}
