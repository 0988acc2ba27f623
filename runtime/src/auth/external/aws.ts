/** Subject tokens of AWS: a signed GetCallerIdentity request, which Google's STS sends to AWS (AIP-4117). */
import { AuthError } from "../../errors.js";
import { environment } from "../../platform/node/environment.js";
import type { Network, TokenRefusal } from "../endpoint.js";
import { RefreshingCache } from "../token-cache.js";
import { containerEndpoint, containerKeys } from "./aws-container.js";
import { type IssuedKeys, isRegion, readGivenKeys } from "./aws-keys.js";
import { type InstanceMetadata, instanceMetadata } from "./aws-metadata.js";
import type { ExternalAccount } from "./config.js";
import { callFunction, functionProblem } from "./functions.js";
import { type AwsKeys, signAwsRequest } from "./sigv4.js";
import type { AwsSource, GiveKeys } from "./subject-source.js";

/**
 * Milliseconds. A smaller difference between clocks causes no refusal: AWS accepts 15 minutes, and its SDKs correct the
 * clock from 5 minutes on.
 */
const clockTolerance: number = 5 * 60_000;

/** What the requests of one account share. */
interface AwsState {
  /** Keys of a container or of the caller's function. Those of the environment and of an instance are not cached. */
  readonly keys: RefreshingCache<IssuedKeys>;
  /** How far AWS's clock is ahead of the local one, in milliseconds. */
  clockOffset: number;
}

const states: WeakMap<ExternalAccount, AwsState> = new WeakMap();

function stateOf(account: ExternalAccount): AwsState {
  const known = states.get(account);
  if (known !== undefined) return known;
  const state: AwsState = { keys: new RefreshingCache(), clockOffset: 0 };
  states.set(account, state);
  return state;
}

/** Returns the signed request as percent-encoded JSON, as Google's STS requires. */
export async function awsSubjectToken(account: ExternalAccount, source: AwsSource, network: Network): Promise<string> {
  const { keys, region } = await identityOf(account, source, network);
  const url = new URL(source.verificationUrl.replaceAll("{region}", region));
  const headers = await signAwsRequest(
    // The audience is signed too, so that no other provider accepts the request.
    { method: "POST", url, headers: { "x-goog-cloud-target-resource": account.audience }, region, service: "sts" },
    keys,
    Date.now() + stateOf(account).clockOffset,
  );
  const fields = Object.entries(headers).map(([name, value]) => ({
    key: name === "authorization" ? "Authorization" : name,
    value,
  }));
  return encodeURIComponent(JSON.stringify({ url: url.href, method: "POST", headers: fields }));
}

/**
 * Handles a refusal of Google's STS: switches to its clock if the local one is wrong, else discards cached keys, which may
 * have been revoked. Returns whether another request makes sense now.
 */
export function adjustAfterRefusal(account: ExternalAccount, { serverTime }: TokenRefusal): boolean {
  const state = stateOf(account);
  const offset = serverTime === undefined ? state.clockOffset : serverTime - Date.now();
  if (Math.abs(offset - state.clockOffset) >= clockTolerance) {
    state.clockOffset = offset;
    return true;
  }
  state.keys.discard(() => true);
  return false;
}

interface AwsIdentity {
  readonly keys: AwsKeys;
  readonly region: string;
}

/** The keys in the order of the AWS SDKs: the caller's function, the environment, the container, the instance. */
async function identityOf(account: ExternalAccount, source: AwsSource, network: Network): Promise<AwsIdentity> {
  const metadata = instanceMetadata(account.source, source, network);
  const { securityCredentials } = source;
  if (securityCredentials !== undefined) {
    const { keys, region } = await givenKeys(account, securityCredentials, network);
    if (region !== undefined) return { keys, region };
    if (regionFromEnvironment() === undefined && source.regionUrl === undefined)
      throw functionProblem(account, "securityCredentials", "returned no region, and AWS_REGION is not set");
    return { keys, region: regionFromEnvironment() ?? (await metadata.region()) };
  }
  const region = regionFromEnvironment();
  const keys = keysFromEnvironment();
  const endpoint = keys === undefined ? containerEndpoint() : undefined;
  if (endpoint === undefined)
    return { region: region ?? (await metadata.region()), keys: keys ?? (await metadata.keys()) };
  const issued = await cachedKeys(account, network, (signal) =>
    containerKeys(account.source, endpoint, { ...network, signal }),
  );
  return { keys: issued.keys, region: region ?? (await regionInContainer(metadata)) };
}

function givenKeys(account: ExternalAccount, give: GiveKeys, network: Network): Promise<IssuedKeys> {
  return cachedKeys(account, network, async (signal) =>
    readGivenKeys(await callFunction(account, "securityCredentials", give, signal), (message) =>
      functionProblem(account, "securityCredentials", message),
    ),
  );
}

/** Fargate and EKS set the region in the environment. ECS on an instance may reach the instance's metadata service. */
async function regionInContainer(metadata: InstanceMetadata): Promise<string> {
  try {
    return await metadata.region(1);
  } catch (error) {
    if (!(error instanceof AuthError)) throw error;
    throw new AuthError(error.code, `${error.message}. Set AWS_REGION in the container's environment`, {
      cause: error.cause,
    });
  }
}

function cachedKeys(
  account: ExternalAccount,
  { signal }: Network,
  request: (signal: AbortSignal) => Promise<IssuedKeys>,
): Promise<IssuedKeys> {
  return stateOf(account).keys.get(request, signal);
}

function regionFromEnvironment(): string | undefined {
  const region = environment("AWS_REGION") ?? environment("AWS_DEFAULT_REGION");
  if (region === undefined || isRegion(region)) return region;
  throw new AuthError("KEY_FIELD_INVALID", "AWS_REGION: must be an AWS region, for example eu-west-1");
}

function keysFromEnvironment(): AwsKeys | undefined {
  const [accessKeyId, secretAccessKey] = [environment("AWS_ACCESS_KEY_ID"), environment("AWS_SECRET_ACCESS_KEY")];
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined;
  return { accessKeyId, secretAccessKey, sessionToken: environment("AWS_SESSION_TOKEN") };
}
