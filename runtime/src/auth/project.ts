/** Finds the project of credentials, as `google.auth.default()` does, and caches it. */
import { AbortError, AuthError, DiscogenError } from "../errors.js";
import { environment, hasFiles, homeFolder, operatingSystem, variables } from "../platform/node/environment.js";
import type { AbortSignal } from "../platform-types.js";
import { lowerCase } from "../request/headers.js";
import { platformTransport } from "../transport/node/platform-transport.js";
import type { Transport } from "../transport/transport.js";
import type { Credentials, ScopedCredentials } from "./credentials.js";
import { callEndpoint, type EndpointRequest, type Network, readMembers, TokenRefusal } from "./endpoint.js";
import { gcloudProject, type ProjectCandidate } from "./gcloud-project.js";
import { iamScope } from "./iam.js";
import { metadataProject } from "./metadata-server.js";
import { detectMetadata } from "./metadata-detection.js";
import { type Expiring, RefreshingCache } from "./token-cache.js";

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

/** What decides about a search. */
export interface ProjectSearch {
  readonly facts?: ProjectFacts | undefined;
  /** The transport of the credentials, if they have their own. */
  readonly transport?: Transport | undefined;
}

interface Project extends Expiring {
  readonly id: string;
}

/** Variables with a project ID, in their order of precedence. */
const projectVariables: readonly string[] = ["GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT"];

/** A project ID, also one of a domain: `example.com:my-project`. */
const projectId: RegExp = /^(?:(?:[a-z0-9-]{1,63}\.)+[a-z0-9-]{1,63}:)?[a-z](?:[a-z0-9-]{0,28}[a-z0-9])?$/;
const projectNumber: RegExp = /^\d{1,20}$/;

/** Scopes that may read a project, besides {@link iamScope}. */
const readScopes: ReadonlySet<string> = new Set(
  ["cloud-platform.read-only", "cloudplatformprojects", "cloudplatformprojects.readonly"].map(
    (name) => `https://www.googleapis.com/auth/${name}`,
  ),
);

function isProject(value: unknown): value is string {
  return typeof value === "string" && (projectId.test(value) || projectNumber.test(value));
}

const caches: WeakMap<object, RefreshingCache<Project>> = new WeakMap();

/**
 * Returns the project ID for credentials, and caches it. Calls share one search. A failure is not cached.
 *
 * @param owner The credentials, or what derived credentials share.
 * @throws AuthError `NO_PROJECT`, which lists what was tried
 * @throws AbortError if the signal aborts
 */
export async function projectIdOf(
  owner: object,
  search: ProjectSearch,
  signal: AbortSignal | undefined,
): Promise<string> {
  const cache = caches.get(owner) ?? new RefreshingCache<Project>("the project ID");
  caches.set(owner, cache);
  const find = async (ended: AbortSignal): Promise<Project> => {
    try {
      return { id: await findProject(search, ended), obtained: Date.now(), expires: Infinity };
    } catch (error) {
      caches.delete(owner);
      throw error;
    }
  };
  return (await cache.get(find, signal)).id;
}

/** Looks at one place. `undefined` if it does not exist for these credentials. */
type Place = () => ProjectCandidate | undefined | Promise<ProjectCandidate | undefined>;

async function findProject({ facts = {}, transport }: ProjectSearch, signal: AbortSignal): Promise<string> {
  const network: Network = { transport: transport ?? platformTransport(undefined, undefined), signal };
  const own: Place = () => facts.own;
  const places: readonly Place[] = [
    ...(facts.prefersEnvironment === true ? [fromVariables, own] : [own, fromVariables]),
    () => (hasFiles ? gcloudProject(variables(), operatingSystem(), homeFolder()) : undefined),
    () => fromFederation(facts.federation, network),
    () => fromMetadata(facts.metadataHost, transport, network),
  ];
  const tried: string[] = [];
  for (const find of places) {
    const candidate = await find();
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

async function fromFederation(
  federation: FederatedProject | undefined,
  network: Network,
): Promise<ProjectCandidate | undefined> {
  if (federation === undefined) return undefined;
  const { audience, source, workforceProject } = federation;
  const [, number] = /^\/\/iam\.[^/]+\/projects\/([^/]+)\//.exec(audience) ?? [];
  const project = number ?? workforceProject;
  const place = `${source}#/${number === undefined ? "workforce_pool_user_project" : "audience"}`;
  if (project === undefined) return { problem: `${source}#/audience names no project` };
  if (!projectNumber.test(project)) return { place, id: project };
  return candidate(place, () => resolveNumber(federation, project, network));
}

/** Asks the Resource Manager for the ID of a project. */
async function resolveNumber(
  { credentials: given, source, universeDomain }: FederatedProject,
  number: string,
  network: Network,
): Promise<unknown> {
  const credentials = given === undefined ? undefined : withProjectScopes(given);
  const url = new URL(`https://cloudresourcemanager.${universeDomain}/v1/projects/${number}`);
  const once = async (): Promise<unknown> => {
    const headers = lowerCase((await credentials?.getRequestHeaders(url.href, network)) ?? {});
    const target: EndpointRequest = {
      account: source,
      method: "GET",
      url,
      headers,
      result: "project ID",
      action: "return the project ID",
      hint: () =>
        "The identity needs the permission resourcemanager.projects.get, for example by the role Browser (roles/browser), and the Cloud Resource Manager API must be enabled",
    };
    try {
      return readMembers(target, (await callEndpoint(network, target)).text)["projectId"];
    } catch (error) {
      if (error instanceof TokenRefusal && error.status === 401)
        credentials?.invalidate?.(headers["authorization"], error.serverTime);
      throw error;
    }
  };
  try {
    return await once();
  } catch (error) {
    // The token may have been revoked. A second attempt uses a new one.
    if (!(error instanceof TokenRefusal) || error.status !== 401) throw error;
    return once();
  }
}

/** The same credentials with a scope that may read projects. */
function withProjectScopes(credentials: Credentials & Partial<ScopedCredentials>): Credentials {
  const { scopes = [] } = credentials;
  const suffices = scopes.some((scope) => scope === iamScope || readScopes.has(scope));
  return suffices ? credentials : (credentials.withScopes?.([iamScope]) ?? credentials);
}

async function fromMetadata(
  ownHost: (() => string) | undefined,
  transport: Transport | undefined,
  network: Network,
): Promise<ProjectCandidate> {
  return candidate("the metadata server", async () => {
    if (ownHost !== undefined) return metadataProject(network, ownHost());
    const detection = await detectMetadata(transport, variables(), network.signal);
    if ("absent" in detection) throw new AuthError("NO_PROJECT", `metadata server: ${detection.absent}`);
    return metadataProject(network, detection.host);
  });
}

/** The candidate of a place that a request finds. An error becomes the reason why there is none. */
async function candidate(place: string, find: () => Promise<unknown>): Promise<ProjectCandidate> {
  try {
    const id = await find();
    return isProject(id) ? { place, id } : { problem: `${place}: the response contains no project ID` };
  } catch (error) {
    if (error instanceof DiscogenError && !(error instanceof AbortError)) return { problem: error.message };
    throw error;
  }
}
