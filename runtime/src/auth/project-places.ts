/** Places of projects that requests read: the Resource Manager for federated identities, and the metadata server. */
import { AbortError, AuthError, DiscogenError } from "../errors.js";
import { variables } from "../platform/node/environment.js";
import { lowerCase } from "../request/headers.js";
import { platformTransport } from "../transport/node/platform-transport.js";
import type { Transport } from "../transport/transport.js";
import type { Credentials, ScopedCredentials } from "./credentials.js";
import { callEndpoint, type EndpointRequest, type Network, readMembers, TokenRefusal } from "./endpoint.js";
import { iamScope } from "./iam.js";
import { detectMetadata } from "./metadata-detection.js";
import { metadataProject } from "./metadata-server.js";
import {
  type FederatedProject,
  isProject,
  isProjectNumber,
  type ProjectCandidate,
  type ProjectFacts,
  type ProjectPlace,
} from "./project.js";

/** Scopes that may read a project, besides {@link iamScope}. */
const readScopes: ReadonlySet<string> = new Set(
  ["cloud-platform.read-only", "cloudplatformprojects", "cloudplatformprojects.readonly"].map(
    (name) => `https://www.googleapis.com/auth/${name}`,
  ),
);

/** @param transport The transport of the credentials, if they have their own. */
export function remotePlaces(facts: ProjectFacts, transport: Transport | undefined): readonly ProjectPlace[] {
  const networkFor = (signal: Network["signal"]): Network => ({
    transport: transport ?? platformTransport(undefined, undefined),
    signal,
  });
  return [
    (signal) => fromFederation(facts.federation, networkFor(signal)),
    (signal) => fromMetadata(facts.metadataHost, transport, networkFor(signal)),
  ];
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
  if (!isProjectNumber(project)) return { place, id: project };
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

/** The candidate of a place that a request finds. An error becomes the reason why the place has no project. */
async function candidate(place: string, find: () => Promise<unknown>): Promise<ProjectCandidate> {
  try {
    const id = await find();
    return isProject(id) ? { place, id } : { problem: `${place}: the response contains no project ID` };
  } catch (error) {
    if (error instanceof DiscogenError && !(error instanceof AbortError)) return { problem: error.message };
    throw error;
  }
}
