/** Finds the project of credentials, and caches it. */
import { AuthError } from "../errors.js";
import { environment } from "../platform/node/environment.js";
import type { AbortSignal } from "../platform-types.js";
import type { Transport } from "../transport/transport.js";
import { type Expiring, RefreshingCache } from "./token-cache.js";

/** What credentials know of their project. */
export interface ProjectFacts {
  /** The member of their file with the project ID, and its value, which is not checked yet. */
  readonly own?: { readonly place: string; readonly id: unknown } | undefined;
}

/** What decides about the search. */
export interface ProjectSearch {
  readonly facts: ProjectFacts;
  /** The environment has precedence over the project of the credentials. */
  readonly prefersEnvironment: boolean;
}

interface Project extends Expiring {
  readonly id: string;
}

/** Variables with a project ID, in their order of precedence. */
const projectVariables: readonly string[] = ["GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT"];

/** A project ID, also one of a domain (`example.com:my-project`), or a project number. */
const projectId: RegExp = /^(?:(?:[a-z0-9-]+\.)+[a-z0-9-]+:)?[a-z](?:[a-z0-9-]{0,28}[a-z0-9])?$|^\d{1,20}$/;

const caches: WeakMap<object, RefreshingCache<Project>> = new WeakMap();

/**
 * Returns the project ID for credentials, and caches it. Calls share one search.
 *
 * @param owner The credentials, or what derived credentials share.
 * @throws AuthError `NO_PROJECT`
 * @throws AbortError
 */
export async function projectIdOf(
  owner: object,
  search: ProjectSearch,
  _transport: Transport,
  signal: AbortSignal | undefined,
): Promise<string> {
  const cache = caches.get(owner) ?? new RefreshingCache<Project>("the project ID");
  caches.set(owner, cache);
  const find = async (): Promise<Project> => ({ id: findProject(search), obtained: Date.now(), expires: Infinity });
  return (await cache.get(find, signal)).id;
}

function findProject({ facts: { own }, prefersEnvironment }: ProjectSearch): string {
  const variable = projectVariables.find((name) => environment(name) !== undefined);
  const fromVariable = { place: variable ?? "", id: variable === undefined ? undefined : environment(variable) };
  const found = (prefersEnvironment ? [fromVariable, own] : [own, fromVariable]).find((one) => one?.id !== undefined);
  if (found === undefined)
    throw new AuthError(
      "NO_PROJECT",
      `no project ID: ${projectVariables.join(" and ")} are not set. Set GOOGLE_CLOUD_PROJECT to the project ID`,
    );
  const { id, place } = found;
  if (typeof id === "string" && projectId.test(id.trim())) return id.trim();
  throw new AuthError("NO_PROJECT", `${place}: must be a project ID, for example example-123`);
}
