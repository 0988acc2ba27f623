/** The authorization code flow with PKCE (RFC 6749 §4.1, RFC 7636). */
import { AbortError, AuthError, type Fault, InvalidRequestError } from "../../errors.js";
import type { AbortSignal, Url } from "../../platform-types.js";
import { within } from "../../policy/wait.js";
import { platformTransport } from "../../transport/node/platform-transport.js";
import { AuthorizedUserCredentials, type AuthorizedUserOptions, keyOf } from "../authorized-user.js";
import { callEndpoint, malformedResponse, type Network } from "../endpoint.js";
import { requestForm } from "../token-request.js";
import { storeTokens } from "../token-reports.js";
import { readScopes } from "../tokens.js";
import { defaultUniverse } from "../universe.js";
import { type AuthorizedUserKey, changesOf } from "../user-key.js";
import { codeIn } from "./callback.js";
import { type ClientSettings, isLoopbackUri } from "./client-file.js";
import type {
  AuthorizationRequest,
  AuthorizationUrlOptions,
  ExchangeOptions,
  OAuthClientOptions,
  RestoreOptions,
} from "./options.js";
import { challengeOf, isVerifier, randomText } from "./pkce.js";
import type { TokenStore } from "./token-store.js";

/** An OAuth client. */
export interface Client {
  readonly settings: ClientSettings;
  readonly options: OAuthClientOptions;
}

export async function authorizationUrl(
  client: Client,
  options: AuthorizationUrlOptions,
): Promise<AuthorizationRequest> {
  const { accessType = "offline", includeGrantedScopes = false, loginHint, prompt } = options;
  const faults: Fault[] = [];
  const scopes = readScopes(options.scopes, faults);
  if (scopes.length === 0 && faults.length === 0)
    faults.push({ parameter: "scopes", message: "must contain at least one scope" });
  checkText("state", options.state, /^[\u0021-\u007e]{1,2048}$/, "must be printable ASCII without spaces", faults);
  checkText("accessType", accessType, /^(?:off|on)line$/, "must be offline or online", faults);
  checkText("prompt", prompt, /^[a-z_]+(?: [a-z_]+)*$/, "must be words, for example consent", faults);
  checkText("loginHint", loginHint, /^\S+$/, "must be an address, for example user@example.com", faults);
  const redirectUri = redirectUriOf(client, options.redirectUri, faults);
  if (faults.length > 0) throw invalid(faults);
  const { state = randomText() } = options;
  const codeVerifier = randomText();
  const url = new URL(client.settings.authUri.href);
  const parameters = {
    client_id: client.settings.clientId,
    redirect_uri: redirectUri,
    response_type: "code",
    scope: scopes.join(" "),
    state,
    code_challenge: await challengeOf(codeVerifier),
    code_challenge_method: "S256",
    access_type: accessType,
    ...(prompt === undefined ? {} : { prompt }),
    ...(loginHint === undefined ? {} : { login_hint: loginHint }),
    ...(includeGrantedScopes ? { include_granted_scopes: "true" } : {}),
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return { url: url.href, state, codeVerifier, redirectUri, scopes };
}

export async function exchange(
  client: Client,
  code: string | Url,
  options: ExchangeOptions,
): Promise<AuthorizedUserCredentials> {
  const { source } = client.settings;
  const { codeVerifier, onTokens, signal, state } = options;
  const faults: Fault[] = [];
  const text = typeof code === "string" ? code.trim() : code instanceof URL ? code.href : "";
  if (!/^[\u0020-\u007e]+$/.test(text))
    faults.push({ parameter: "code", message: "must be an authorization code or the URL of the redirect" });
  const query = queryIn(text);
  if (!isVerifier(codeVerifier))
    faults.push({ parameter: "codeVerifier", message: "must be the one that authorizationUrl() returned" });
  if (state === undefined ? query !== undefined : typeof state !== "string" || state === "")
    faults.push({ parameter: "state", message: "must be the one that authorizationUrl() returned" });
  const redirectUri = redirectUriOf(client, options.redirectUri, faults);
  const scopes = readScopes(options.scopes ?? [], faults);
  if (faults.length > 0) throw invalid(faults);
  const plain = query === undefined ? text : codeIn(source, query, state ?? "");
  const key = {
    ...(scopes.length === 0 ? {} : { scopes }),
    ...(await requestKey(client, { code: plain, codeVerifier, redirectUri }, signal)),
  };
  const credentials = credentialsOf(client, key, { onTokens });
  if (onTokens !== undefined) await storeTokens(source, onTokens, key);
  return credentials;
}

export async function revoke(
  client: Client,
  credentials: AuthorizedUserCredentials | string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { clientId, clientSecret, isGoogle, revokeUri, source } = client.settings;
  const token = typeof credentials === "string" ? credentials : refreshTokenOf(client, credentials);
  if (!/^[\u0021-\u007e]+$/.test(token)) throw invalid([{ parameter: "credentials", message: "is not a token" }]);
  // Google's endpoint needs only the token.
  const ownForm = { client_id: clientId, ...(clientSecret === undefined ? {} : { client_secret: clientSecret }) };
  const form = { token, ...(isGoogle ? {} : ownForm) };
  try {
    await bounded(client, signal, "revoke", (network) =>
      callEndpoint(network, {
        account: source,
        action: "revoke the token",
        method: "POST",
        url: revokeUri,
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: new URLSearchParams(form).toString(),
        secrets: [token, clientSecret ?? ""].filter((secret) => secret.length > 3),
      }),
    );
  } catch (error) {
    if (!(error instanceof AuthError) || error.reason !== "invalid_token") throw error;
  }
  if (typeof credentials !== "string") credentials.invalidate();
}

export async function restore(
  client: Client,
  store: TokenStore,
  { onTokens, scopes }: RestoreOptions,
): Promise<AuthorizedUserCredentials | undefined> {
  const key = await store.read();
  if (key === undefined) return undefined;
  if (key.client_id !== client.settings.clientId)
    throw new AuthError(
      "TOKEN_STORE_MISMATCH",
      `${client.settings.source}: the token store contains the sign-in of another OAuth client. Use another store, or delete this one and sign in again`,
    );
  let known = key.refresh_token;
  const write = async (tokens: AuthorizedUserKey): Promise<void> => {
    // The user signed out, or signed in again, in another process.
    if ((await store.read())?.refresh_token !== known) return;
    await store.write(tokens);
    known = tokens.refresh_token;
    await onTokens?.(tokens);
  };
  const reload = async (): Promise<AuthorizedUserKey | undefined> => {
    const newer = await store.read();
    known = newer?.refresh_token ?? known;
    return newer;
  };
  // The secret goes to the endpoint of the client, not to one that the store names.
  const { token_uri: _uri, universe_domain: _universe, ...rest } = key;
  return credentialsOf(client, { ...rest, ...clientMembers(client) }, { onTokens: write, reload, scopes });
}

function credentialsOf(
  { options }: Client,
  key: AuthorizedUserKey,
  own: Pick<AuthorizedUserOptions, "onTokens" | "reload" | "scopes">,
): AuthorizedUserCredentials {
  const { dispatcher, quotaProject, signInAdvice = "Ask the user for consent again", transport } = options;
  return AuthorizedUserCredentials.fromJSON(key, {
    dispatcher,
    quotaProject,
    transport,
    signInAdvice,
    ...own,
  });
}

/** The members of a key that identify the client. */
function clientMembers({ settings }: Client): Omit<AuthorizedUserKey, "refresh_token"> {
  const { clientId, clientSecret, tokenUri, universeDomain } = settings;
  const defaultUri = `https://oauth2.${universeDomain}/token`;
  return {
    type: "authorized_user",
    client_id: clientId,
    ...(clientSecret === undefined ? {} : { client_secret: clientSecret }),
    ...(tokenUri.href === defaultUri ? {} : { token_uri: tokenUri.href }),
    ...(universeDomain === defaultUniverse ? {} : { universe_domain: universeDomain }),
  };
}

async function requestKey(
  client: Client,
  { code, codeVerifier, redirectUri }: { readonly code: string; codeVerifier: string; redirectUri: string },
  signal: AbortSignal | undefined,
): Promise<AuthorizedUserKey> {
  const { clientId, clientSecret, source, tokenUri } = client.settings;
  const target = {
    account: source,
    url: tokenUri,
    idempotent: false,
    hint: (reason: string | undefined) => hintFor(reason, code),
    refusalCode: (reason: string | undefined) =>
      reason === "invalid_grant" ? ("CONSENT_CODE_REFUSED" as const) : undefined,
  };
  const form = {
    grant_type: "authorization_code",
    code,
    code_verifier: codeVerifier,
    redirect_uri: redirectUri,
    client_id: clientId,
    ...(clientSecret === undefined ? {} : { client_secret: clientSecret }),
  };
  const members = await bounded(client, signal, "exchange", (network) => requestForm(network, { ...target, form }));
  const { refresh_token: refreshToken, ...rest } = changesOf(members, clientId, Date.now());
  if (refreshToken === undefined)
    throw malformedResponse(
      target,
      'contains no refresh token, because the user granted access before, or because of accessType "online". Ask for consent again with prompt: "consent"',
    );
  const { quotaProject } = client.options;
  return {
    ...clientMembers(client),
    refresh_token: refreshToken,
    ...(quotaProject === undefined ? {} : { quota_project_id: quotaProject }),
    ...rest,
  };
}

function bounded<T>(
  client: Client,
  signal: AbortSignal | undefined,
  name: string,
  send: (network: Network) => Promise<T>,
): Promise<T> {
  const { dispatcher, transport = platformTransport(dispatcher, undefined) } = client.options;
  const aborted = (): AbortError => new AbortError(`OAuthClient.${name}: aborted`, { cause: signal?.reason });
  return within((own) => send({ transport, signal: own }), {
    signal,
    remaining: Infinity,
    aborted,
    expired: aborted,
  });
}

function refreshTokenOf(client: Client, credentials: AuthorizedUserCredentials): string {
  const key = keyOf(credentials);
  if (key?.client_id === client.settings.clientId) return key.refresh_token;
  const message =
    key === undefined
      ? "must be a token, or AuthorizedUserCredentials"
      : "belong to another OAuth client, which alone can revoke them";
  throw invalid([{ parameter: "credentials", message }]);
}

/** The redirect URI to use. One that is not registered would show the user an error of the server. */
function redirectUriOf(client: Client, uri: string | undefined, faults: Fault[]): string {
  const { redirectUris, type } = client.settings;
  const fault = (message: string): string => {
    faults.push({ parameter: "redirectUri", message });
    return "";
  };
  if (uri === undefined) {
    const [first] = redirectUris;
    return first ?? fault("is required, because the client has no redirect_uris");
  }
  if (typeof uri !== "string" || !URL.canParse(uri) || uri.includes("#"))
    return fault("must be an absolute URL without a fragment");
  if (redirectUris.includes(uri)) return uri;
  if (type === "web")
    return fault(
      "is not in redirect_uris of the client. Add it in the Google Cloud console, and download the file again",
    );
  // The port is not registered (RFC 8252 §7.3). Apps also use schemes of their own, which contain a dot (§7.1).
  if (isLoopbackUri(uri) || /^[a-z][a-z0-9+-]*(?:\.[a-z0-9+-]+)+:/i.test(uri)) return uri;
  return fault("must be registered, a loopback address such as http://127.0.0.1:8080/, or have the app's own scheme");
}

function invalid(faults: readonly Fault[]): InvalidRequestError {
  return new InvalidRequestError("OAuthClient", faults, "INVALID_OPTION");
}

function checkText(name: string, value: unknown, form: RegExp, message: string, faults: Fault[]): void {
  if (value === undefined || (typeof value === "string" && form.test(value))) return;
  faults.push({ parameter: name, message });
}

/** The query of a callback URL. `undefined` for a code. */
function queryIn(text: string): URLSearchParams | undefined {
  const isUrl = /^https?:\/\//i.test(text) || /[?&](?:code|error|state)=/.test(text);
  return isUrl && URL.canParse(text, "http://localhost") ? new URL(text, "http://localhost").searchParams : undefined;
}

function hintFor(reason: string | undefined, code: string): string | undefined {
  switch (reason) {
    case "invalid_grant":
      return code.includes("%")
        ? "The code is percent-encoded. Pass the complete URL of the redirect instead"
        : "The code was used before, has expired, or belongs to another client, redirect URI or code verifier. Ask the user for consent again";
    case "invalid_client":
    case "unauthorized_client":
      return "Check client_id and client_secret. If the secret was reset, download the file again";
    case "redirect_uri_mismatch":
      return "redirectUri must be the one of authorizationUrl()";
    default:
      return undefined;
  }
}
