/** What names and descriptions of OAuth 2.0 scopes say: how broad they are, and what they are limited to. */
import { sharedScopes } from "./shared-scopes.js";

/** Data that a scope is limited to: what the app created or opened, or metadata without content. */
export type ScopeLimit = "app" | "metadata";

const prefix = "https://www.googleapis.com/auth/";

/** Returns the parts of a scope's name: `["drive", "metadata", "readonly"]`. */
function partsOf(scope: string): readonly string[] {
  const name = scope.startsWith(prefix) ? scope.slice(prefix.length) : scope;
  return name.split(/[./]+/).filter((part) => part !== "");
}

/** Returns whether a scope is for all of Google Cloud. */
export function isBroad(scope: string): boolean {
  return partsOf(scope)[0] === "cloud-platform";
}

/**
 * Returns how many APIs have this scope, and 0 for a scope that begins with the name of the API.
 *
 * @param api the name of the API, for example `drive`
 */
export function sharingOf(scope: string, api: string): number {
  return partsOf(scope)[0] === api ? 0 : (sharedScopes[scope] ?? 1);
}

const readOnlyName: RegExp = /^(?:read[-_]?only|read)$/;
const readVerb: RegExp = /^(?:See|View|Read)\b/;
const writeVerb: RegExp =
  /\b(?:add|change|compose|configure|create|delete|edit|import|manage|permanently|remove|send|store|update|upload|write)\b/i;

/** Returns whether a scope allows reading only. */
export function isReadOnly(scope: string, description = ""): boolean {
  const last = partsOf(scope).at(-1) ?? "";
  if (readOnlyName.test(last)) return true;
  return readVerb.test(description) && !writeVerb.test(firstSentence(description));
}

const appName: RegExp = /^(?:addons|app|appdata|bot|created|currentonly)$/;
const appText: RegExp = /\b(?:this|the) app(?:lication)?\b|\badd-on\b|\bits own\b|\bon their own behalf\b/i;

/** Returns what a scope is limited to, by its name and description. */
export function limitOf(scope: string, description = ""): ScopeLimit | undefined {
  const parts = partsOf(scope);
  const text = firstSentence(description);
  if (parts.some((part) => appName.test(part)) || appText.test(text)) return "app";
  if (parts.includes("metadata") || /\bmetadata\b.*\bbut not\b/i.test(text)) return "metadata";
  return undefined;
}

/** The next sentence may be about the consent: "I consent to sharing my data with this app." */
function firstSentence(text: string): string {
  return /^.*?\.(?=\s|$)/s.exec(text)?.[0] ?? text;
}

const accessName: RegExp = /^(?:read|view|write|read[-_]?only|read[-_]?write|readwrite|full_control)$/;
const verbName: RegExp = /^(?:action|compose|create|delete|edit|force-ssl|import|insert|manage|send|upload|verify)/;

/** Returns the parts of a scope's name that are no kind of access. */
function dataParts(scope: string): readonly string[] {
  return partsOf(scope).filter((part) => !accessName.test(part));
}

/** Returns whether a part of a name is in the id of a method, in the singular or the plural. */
function isWordOf(methodId: string, part: string): boolean {
  return methodId
    .toLowerCase()
    .split(".")
    .some((word) => word.startsWith(part) || part.startsWith(word));
}

/** Returns whether a scope is for the resource or the action of one of these methods: `calendar.events`, `gmail.send`. */
export function isFor(scope: string, methodIds: readonly string[]): boolean {
  const [, ...rest] = dataParts(scope);
  return rest.some((part) => verbName.test(part) || methodIds.some((id) => isWordOf(id, part)));
}

/**
 * Returns whether a scope may be for a part of the data of `other`: its name has another part, which is neither a kind of
 * access, nor a verb, nor in the id of the method. So `drive.photos.readonly` is a part of `drive.readonly`, and
 * `calendar.events.readonly` is no part of `calendar.readonly` for `calendar.events.list`.
 */
export function isPartial(scope: string, other: string, methodId: string): boolean {
  const [own, general] = [dataParts(scope), dataParts(other)];
  const isExtension = general.length < own.length && general.every((part) => own.includes(part));
  const extra = own.filter((part) => !general.includes(part));
  return isExtension && extra.some((part) => !verbName.test(part) && !isWordOf(methodId, part));
}
