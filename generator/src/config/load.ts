/** Finds the config file and loads it, whatever language it is in. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { cacheFolder } from "../discovery/cache.js";
import { diagnostic, InputError } from "../diagnostics.js";
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

/**
 * Loads a config file.
 *
 * @throws {InputError} when it cannot be loaded, or says what no config can say
 */
export async function loadConfig(file: string): Promise<LoadedConfig> {
  const folder = dirname(file);
  return { ...readConfig(await valueOf(file), file, folder), file, folder };
}

async function valueOf(file: string): Promise<unknown> {
  try {
    if (file.endsWith(".json")) return JSON.parse((await readFile(file, "utf8")).replace(/^\uFEFF/, ""));
    if (!existsSync(file)) throw new Error("there is no such file");
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
    return await jiti.import(resolve(file), { default: true });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InputError([diagnostic("CONFIG_UNLOADABLE", file, reason)]);
  }
}
