/** The config of the working folder, and the lock next to it. */
import { dirname } from "node:path";
import { quotedName } from "@discogen/runtime/names";
import type { CodeRequest } from "../config/define.js";
import { checkFile, findConfig, isCode, type LoadedConfig, loadConfig } from "../config/load.js";
import { type Lock, pinnedId, readLock } from "../discovery/lock.js";
import { type ApiRequest, nameOf, requestOf } from "../discovery/request.js";
import { createSources, type SourceOptions } from "../discovery/sources.js";
import { readBytes } from "../discovery/text.js";
import { diagnostic, InputError } from "../diagnostics.js";
import { type LoadedModel, modelOf } from "../load.js";
import type { Selection } from "../model/selection.js";
import { didYouMean } from "../nearest.js";
import { type Parsed, usage } from "./command.js";
import { printDiagnostics } from "./print.js";
import { sourceOptions } from "./sources.js";
import type { Terminal } from "./terminal.js";

/** Commands that execute a config that is code. Others read only JSON, so they are safe in folders of other users. */
const EXECUTING: ReadonlySet<string> = new Set(["check", "generate", "update"]);

export interface Project {
  readonly config: LoadedConfig | undefined;
  /** A config that this command does not execute. */
  readonly unread: string | undefined;
  readonly lock: Lock;
  readonly sources: SourceOptions;
  readonly terminal: Terminal;
}

/**
 * Reads the config and the lock. Options of the command line take precedence.
 *
 * @param apis the APIs of the command line
 */
export async function openProject(
  command: string,
  parsed: Parsed,
  terminal: Terminal,
  apis: readonly string[] = parsed.positionals,
): Promise<Project> {
  const file = parsed.text("config") ?? findConfig();
  const unread = file !== undefined && isCode(file) && !EXECUTING.has(command) ? file : undefined;
  if (unread !== undefined) await checkFile(unread);
  const config = file === undefined || unread !== undefined ? undefined : await loadConfig(file);
  const lock = await readLock(file === undefined ? "." : dirname(file));
  const directory = config?.directoryUrl === undefined ? {} : { directoryUrl: config.directoryUrl };
  const sources = { ...directory, ...sourceOptions(command, parsed, apis, terminal.env), lock };
  return { config, unread, lock, sources, terminal };
}

/** @throws {InputError} with the code CONFIG_MISSING if there is no config */
export function requireConfig({ config }: Project): LoadedConfig {
  if (config !== undefined) return config;
  throw new InputError([diagnostic("CONFIG_MISSING", "discogen.config.ts", "the file does not exist in this folder")]);
}

/** APIs by name, with their options in the config. Returns all APIs of the config if there are no names. */
export function namedApis({ config }: Project, names: readonly string[]): readonly CodeRequest[] {
  if (names.length === 0) return config?.apis ?? [];
  return names.map((name) => ofConfig(config, name) ?? requestOf(name));
}

/**
 * Reads the document of an API, and builds its model.
 *
 * @param methods the methods to include; default: all, as the selection of a config applies only to `generate`
 */
export async function loadNamed(project: Project, name: string, methods: Selection = {}): Promise<LoadedModel> {
  const [request = requestOf(name)] = namedApis(project, [name]);
  await warnOfUnread(project, request);
  return modelOf(await createSources(project.sources).load(request, project.terminal.signal), request, methods);
}

/** Prints a warning if a config that is not executed seems to configure this API. */
async function warnOfUnread({ unread, lock, terminal }: Project, request: ApiRequest): Promise<void> {
  const { id } = request;
  if (unread === undefined || id === undefined || pinnedId(lock, request) !== undefined) return;
  if (!Buffer.from(await readBytes(unread)).includes(id)) return;
  const message = `only generate, check and update execute this config, so its options for ${id} are ignored`;
  printDiagnostics(terminal, [diagnostic("CONFIG_NOT_EXECUTED", unread, message, { api: id })]);
}

/** APIs of the config by name. */
export function namedOfConfig(command: string, config: LoadedConfig, names: readonly string[]): readonly CodeRequest[] {
  if (names.length === 0) return config.apis;
  return names.map((name) => {
    const found = ofConfig(config, name);
    if (found !== undefined) return found;
    const known = config.apis.map(nameOf);
    const near = didYouMean(name, known) || `; use one of ${known.join(", ")}`;
    throw usage(command, `${config.file} has no API ${quotedName(name)}${near}`);
  });
}

function ofConfig(config: LoadedConfig | undefined, name: string): CodeRequest | undefined {
  return config?.apis.find(({ id, source }) => id === name || source === name);
}
