/** Finds the project of credentials, as `google.auth.default()` does. */
import { AuthError } from "../errors.js";
import { environment, hasFiles, homeFolder, operatingSystem, variables } from "../platform/node/environment.js";
import { gcloudProject } from "../platform/node/gcloud-project.js";
import type { AbortSignal } from "../platform-types.js";
import type { Credentials } from "./credentials.js";

/** What credentials know of their project. */
export interface ProjectFacts {
  /** The environment has precedence over the project of the credentials, because it provided them. */
  readonly prefersEnvironment?: boolean | undefined;
  /** The member of their file with the project ID, and its value, which is not checked yet. */
  readonly own?: { readonly place: string; readonly id: unknown } | undefined;
  readonly federation?: FederatedProject | undefined;
  /** Returns the host of their metadata server. */
  readonly metadataHost?: (() => string) | undefined;
}

/** The project of the pool of a federated identity. */
export interface FederatedProject {
  /** The configuration, for messages. */
  readonly source: string;
  /** The provider of the pool: `//iam.googleapis.com/projects/NUMBER/locations/…`. */
  readonly audience: string;
  /** The project that pays for requests of users of a workforce pool, which itself has no project. */
  readonly workforceProject: string | undefined;
  readonly universeDomain: string;
  /** The credentials of the identity, which may read the project. */
  readonly credentials?: Credentials | undefined;
}

/** A place with a project ID, which is not checked yet, or a clause about why a place has none. */
export type ProjectCandidate = { readonly place: string; readonly id: unknown } | { readonly problem: string };

/** Looks at one place. `undefined` if it does not exist for these credentials. */
export type ProjectPlace = (
  signal: AbortSignal | undefined,
) => ProjectCandidate | undefined | Promise<ProjectCandidate | undefined>;

/** What decides about a search. */
export interface ProjectSearch {
  readonly facts?: ProjectFacts | undefined;
  /** Places to look at after the environment and gcloud's configuration. */
  readonly others?: readonly ProjectPlace[] | undefined;
}

/** Variables with a project ID, in their order of precedence. */
const projectVariables: readonly string[] = ["GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT"];

/** A project ID, also one of a domain: `example.com:my-project`. */
const projectId: RegExp = /^(?:(?:[a-z0-9-]{1,63}\.)+[a-z0-9-]{1,63}:)?[a-z](?:[a-z0-9-]{0,28}[a-z0-9])?$/;
const projectNumber: RegExp = /^\d{1,20}$/;

export function isProject(value: unknown): value is string {
  return typeof value === "string" && (projectId.test(value) || projectNumber.test(value));
}

export function isProjectNumber(text: string): boolean {
  return projectNumber.test(text);
}

/**
 * Returns the project ID for credentials.
 *
 * @throws AuthError `NO_PROJECT`, which lists what was tried
 * @throws AbortError if the signal aborts
 */
export async function findProject(
  { facts = {}, others = [] }: ProjectSearch,
  signal: AbortSignal | undefined,
): Promise<string> {
  const own: ProjectPlace = () => facts.own;
  const places: readonly ProjectPlace[] = [
    ...(facts.prefersEnvironment === true ? [fromVariables, own] : [own, fromVariables]),
    () => (hasFiles ? gcloudProject(variables(), operatingSystem(), homeFolder()) : undefined),
    ...others,
  ];
  const tried: string[] = [];
  for (const find of places) {
    const candidate = await find(signal);
    if (candidate === undefined) continue;
    if ("problem" in candidate) {
      tried.push(candidate.problem);
      continue;
    }
    const { id, place } = candidate;
    const text = typeof id === "string" ? id.trim() : id;
    if (isProject(text)) return text;
    if (text !== undefined && text !== null && text !== "")
      // Using the next place instead could mean another project than the one that is meant.
      throw new AuthError(
        "NO_PROJECT",
        `no project ID: ${place} is not a project ID, such as example-123. Correct it, or pass the project to the method that needs it`,
      );
    tried.push(`${place} is empty or missing`);
  }
  const advice = hasFiles
    ? "Set GOOGLE_CLOUD_PROJECT to the project ID, or run `gcloud config set project PROJECT_ID`"
    : "Pass the project to the method that needs it";
  throw new AuthError("NO_PROJECT", `no project ID: ${tried.join("; ")}. ${advice}`);
}

function fromVariables(): ProjectCandidate {
  const place = projectVariables.find((name) => environment(name) !== undefined);
  if (place !== undefined) return { place, id: environment(place) };
  return hasFiles
    ? { problem: `${projectVariables.join(" and ")} are not set` }
    : { problem: "this platform has no environment and no files" };
}
