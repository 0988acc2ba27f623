/** Finds the config file and loads it, whatever language it is in. */
import { existsSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { cacheFolder } from "../discovery/cache.js";
import { isObject, parseJson } from "../discovery/reader.js";
import { diagnostic, InputError, reasonOf } from "../diagnostics.js";
import { defineConfig } from "./define.js";
import { type ReadConfig, readConfig } from "./read.js";

/** The first that is there counts. */
const NAMES = ["ts", "mts", "js", "mjs", "json"].map((extension) => `discogen.config.${extension}`);

/** A config file and what it says. */
export interface LoadedConfig extends ReadConfig {
  /** As it was named, or found in the working folder. */
  readonly file: string;
  /** Its folder, where lock and pinned documents are. */
  readonly folder: string;
}

/** The config file of a folder, when there is one. */
export function findConfig(folder = "."): string | undefined {
  return NAMES.map((name) => join(folder, name)).find((file) => existsSync(file));
}

/** Whether loading a config executes it. */
export function isCode(file: string): boolean {
  return !file.endsWith(".json");
}

/**
 * Loads a config file. Executes it, if it is code.
 *
 * @throws {InputError} when it cannot be loaded, or says what no config can say
 */
export async function loadConfig(file: string): Promise<LoadedConfig> {
  const folder = dirname(file);
  return { ...readConfig(await valueOf(file), file, folder), file, folder };
}

/** @throws {InputError} with the code CONFIG_UNLOADABLE if there is no such file */
export async function checkFile(file: string): Promise<void> {
  const found = await stat(file).catch(() => undefined);
  if (found?.isFile() === true) return;
  const help = "Run `discogen init`, or name the file with --config.";
  const reason = found === undefined ? "there is no such file" : "it is no file";
  throw new InputError([diagnostic("CONFIG_UNLOADABLE", file, reason, { help })]);
}

async function valueOf(file: string): Promise<unknown> {
  await checkFile(file);
  try {
    return isCode(file) ? await settled(defaultExport(file)) : parseJson(await readFile(file, "utf8"));
  } catch (error) {
    // What follows the first line tells folders of this package.
    const [reason = ""] = reasonOf(error).split("\nRequire stack");
    throw new InputError([diagnostic("CONFIG_UNLOADABLE", file, reason.replace(/\s+/g, " "))]);
  }
}

async function defaultExport(file: string): Promise<unknown> {
  // Node 20 runs no TypeScript.
  const { createJiti } = await import("jiti");
  const jiti = createJiti(import.meta.url, {
    // By content, and in a folder that no other user writes to.
    fsCache: join(cacheFolder(), "config"),
    // The file may be edited between two loads.
    moduleCache: false,
    // Also where this package is not installed beside the config, as with npx.
    virtualModules: { "@discogen/generator": { defineConfig } },
  });
  const exported = await jiti.import(resolve(file));
  if (!isObject(exported) || !("default" in exported)) throw new Error("it exports nothing by default");
  // May be a promise, for a config that has to find out something first.
  return await exported["default"];
}

/** The value, or a fault where the config waits for what never comes: the process would end there without a word. */
async function settled(loading: Promise<unknown>): Promise<unknown> {
  let giveUp = () => {};
  const idle = new Promise<never>((_, reject) => {
    giveUp = () => reject(new Error("it waits for something that never comes"));
  });
  process.once("beforeExit", giveUp);
  try {
    return await Promise.race([loading, idle]);
  } finally {
    process.off("beforeExit", giveUp);
  }
}
