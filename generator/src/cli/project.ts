/** What the working folder says beside the command line: its config, and the lock beside that. */
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

/** The commands that execute a config that is code: the folder may be a stranger's. The others read JSON and the lock. */
const EXECUTING: ReadonlySet<string> = new Set(["check", "generate", "update"]);

export interface Project {
  readonly config: LoadedConfig | undefined;
  /** A config that is code, which this command does not execute. */
  readonly unread: string | undefined;
  readonly lock: Lock;
  readonly sources: SourceOptions;
  readonly terminal: Terminal;
}

/**
 * Reads config and lock; the command line takes the place of what they say.
 *
 * @param apis those that the command line names
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

/** The config of a command that makes no sense without one. */
export function requireConfig({ config }: Project): LoadedConfig {
  if (config !== undefined) return config;
  throw new InputError([diagnostic("CONFIG_MISSING", "discogen.config.ts", "there is none in this folder")]);
}

/** The APIs that are named, as the config describes them where it does; all of the config's where none is named. */
export function namedApis({ config }: Project, names: readonly string[]): readonly CodeRequest[] {
  if (names.length === 0) return config?.apis ?? [];
  return names.map((name) => ofConfig(config, name) ?? requestOf(name));
}

/**
 * Reads the document of an API that is named, and works out what it means.
 *
 * @param methods those to take; all by default: what a config leaves out is left out of code alone
 */
export async function loadNamed(project: Project, name: string, methods: Selection = {}): Promise<LoadedModel> {
  const [request = requestOf(name)] = namedApis(project, [name]);
  await warnOfUnread(project, request);
  return modelOf(await createSources(project.sources).load(request, project.terminal.signal), request, methods);
}

/** Prints a warning if a config that is not executed seems to say where the document of this API is. */
async function warnOfUnread({ unread, lock, terminal }: Project, request: ApiRequest): Promise<void> {
  const { id } = request;
  if (unread === undefined || id === undefined || pinnedId(lock, request) !== undefined) return;
  if (!Buffer.from(await readBytes(unread)).includes(id)) return;
  const message = `only generate, check and update execute it, so what it says about ${id} is not used here`;
  printDiagnostics(terminal, [diagnostic("CONFIG_NOT_EXECUTED", unread, message, { api: id })]);
}

/** Those of the config's APIs that are named. */
export function namedOfConfig(command: string, config: LoadedConfig, names: readonly string[]): readonly CodeRequest[] {
  if (names.length === 0) return config.apis;
  return names.map((name) => {
    const found = ofConfig(config, name);
    if (found !== undefined) return found;
    const known = config.apis.map(nameOf);
    const near = didYouMean(name, known) || `; there are ${known.join(", ")}`;
    throw usage(command, `${config.file} knows no API ${quotedName(name)}${near}`);
  });
}

function ofConfig(config: LoadedConfig | undefined, name: string): CodeRequest | undefined {
  return config?.apis.find(({ id, source }) => id === name || source === name);
}
