/** What the harness passes to the program, and what the program reports. */
import type { ServiceAccountKey } from "@discogen/runtime/auth";

export type Build = "CommonJS" | "ES modules" | "web";

/** Passed as JSON, in the way that each platform has. */
export interface Input {
  /** The build of the runtime that the program should get. */
  readonly build: Build;
  /** The URL of the mock. */
  readonly rootUrl: string;
  /** The server that receives the report and messages to the mock. Ends with a slash. */
  readonly harnessUrl: string;
  /** A service-account key that the mock accepts. */
  readonly key: ServiceAccountKey;
  /** A folder to write to, with the key as `key.json`, which the environment names; undefined if the platform has no files. */
  readonly folder?: string;
}

/** The features of a platform in addition to its globals. */
export interface Platform {
  readonly input: Input;
  /** Undefined if the platform does not have Node streams. */
  readonly nodeStream?: (chunks: Iterable<Uint8Array>) => AsyncIterable<Uint8Array>;
  /** The builds of the runtime that this process can load; undefined for a program in one file. */
  readonly builds?: Readonly<Record<Exclude<Build, "web">, RuntimeErrors>>;
}

export interface RuntimeErrors {
  readonly ApiError: new (...args: never) => Error;
  readonly DiscogenError: abstract new (...args: never) => Error;
}

/**
 * Resolves to `"not possible"` if the platform lacks something and the error says so, and to `"skipped"` if the
 * row does not need the check.
 */
export type Check = (platform: Platform) => Promise<"not possible" | "skipped" | undefined | void>;

/** Checks by name. */
export type Checks = Readonly<Record<string, Check>>;

export interface Result {
  /** A column of the table. */
  readonly area: string;
  readonly name: string;
  readonly outcome: "passed" | "not possible" | "skipped" | "failed";
  readonly ms: number;
  /** Of a failed check. */
  readonly error?: string;
}

/** Sends a message to the harness, for example to `faults` with a fault of the mock. */
export async function post({ input }: Pick<Platform, "input">, path: string, message: unknown = null): Promise<void> {
  const response = await fetch(input.harnessUrl + path, { method: "POST", body: JSON.stringify(message) });
  if (!response.ok) throw new Error(`the harness responded to ${path} with ${response.status}`);
  await response.text();
}
