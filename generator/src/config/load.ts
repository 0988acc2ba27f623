/** Finds and loads the config file: TypeScript, JavaScript, or JSON. */
import { existsSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { cacheFolder } from "../discovery/cache.js";
import { isObject, parseJson } from "../discovery/reader.js";
import { diagnostic, InputError, reasonOf } from "../diagnostics.js";
import { defineConfig } from "./define.js";
import { type ReadConfig, readConfig } from "./read.js";

/** In this order: the first existing file is used. */
const NAMES = ["ts", "mts", "js", "mjs", "json"].map((extension) => `discogen.config.${extension}`);

/** A config file and its content. */
export interface LoadedConfig extends ReadConfig {
  /** As the caller passed it, or as found in the working folder. */
  readonly file: string;
  /** The folder of the config file. The lock and the pinned documents are there, too. */
  readonly folder: string;
}

/** Returns the path of the config file in a folder, if it exists. */
export function findConfig(folder = "."): string | undefined {
  return NAMES.map((name) => join(folder, name)).find((file) => existsSync(file));
}

/** Returns whether the config is code, which loading executes. */
export function isCode(file: string): boolean {
  return !file.endsWith(".json");
}

/**
 * Loads a config file. Executes the file if it is code.
 *
 * @throws {InputError} with the code CONFIG_UNLOADABLE or CONFIG_INVALID
 */
export async function loadConfig(file: string): Promise<LoadedConfig> {
  const folder = dirname(file);
  return { ...readConfig(await valueOf(file), file, folder), file, folder };
}

/**
 * Checks that a config file exists.
 *
 * @throws {InputError} with the code CONFIG_UNLOADABLE
 */
export async function checkFile(file: string): Promise<void> {
  const found = await stat(file).catch(() => undefined);
  if (found?.isFile() === true) return;
  const help = "Run `discogen init` to create a config file, or pass its path with --config.";
  const reason = found === undefined ? "file not found" : "the path is not a file";
  throw new InputError([diagnostic("CONFIG_UNLOADABLE", file, reason, { help })]);
}

async function valueOf(file: string): Promise<unknown> {
  await checkFile(file);
  try {
    return isCode(file) ? await settled(defaultExport(file)) : parseJson(await readFile(file, "utf8"));
  } catch (error) {
    // The lines after that list folders of this package.
    const [reason = ""] = reasonOf(error).split("\nRequire stack");
    throw new InputError([diagnostic("CONFIG_UNLOADABLE", file, reason.replace(/\s+/g, " "))]);
  }
}

async function defaultExport(file: string): Promise<unknown> {
  // Node 20 does not run TypeScript.
  const { createJiti } = await import("jiti");
  const jiti = createJiti(import.meta.url, {
    // Only this user can write to this folder. Entries are keyed by content.
    fsCache: join(cacheFolder(), "config"),
    // The file may change between two loads.
    moduleCache: false,
    // With npx, this package is not installed next to the config.
    virtualModules: { "@discogen/generator": { defineConfig } },
  });
  const exported = await jiti.import(resolve(file));
  if (!isObject(exported) || !("default" in exported)) throw new Error("the module has no default export");
  // A config may be a promise.
  return await exported["default"];
}

/** Rejects if the event loop ends before `loading` settles. Otherwise the process would exit without a message. */
async function settled(loading: Promise<unknown>): Promise<unknown> {
  let giveUp = () => {};
  const idle = new Promise<never>((_, reject) => {
    giveUp = () => reject(new Error("the config waits for a promise that never settles"));
  });
  process.once("beforeExit", giveUp);
  try {
    return await Promise.race([loading, idle]);
  } finally {
    process.off("beforeExit", giveUp);
  }
}
