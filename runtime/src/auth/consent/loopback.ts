/** The sign-in with a browser on the same machine (RFC 8252). */
import { AbortError, AuthError, DiscogenError, type Fault, InvalidRequestError } from "../../errors.js";
import { writeLog } from "../../platform/node/environment.js";
import type { AbortSignal } from "../../platform-types.js";
import { within } from "../../policy/wait.js";
import type { AuthorizedUserCredentials } from "../authorized-user.js";
import { openBrowser } from "../node/browser.js";
import { type Page, startLoopbackServer } from "../node/loopback-server.js";
import { hasState, stateMismatch } from "./callback.js";
import { type ClientSettings, isLoopbackUri } from "./client-file.js";
import { authorizationUrl, type Client, exchange } from "./flow.js";
import type { LoopbackOptions } from "./options.js";
import { failurePage, successPage } from "./pages.js";

const defaultTimeout: number = 5 * 60_000;

/** The source of errors. */
const subject = "authorizeOnLoopback";

/** Signs a user in. The server is closed at the end, however it ends. */
export async function authorizeOnLoopback(
  client: Client,
  options: LoopbackOptions,
): Promise<AuthorizedUserCredentials> {
  const { onTokens, open = openOrPrint, signal, timeout = defaultTimeout } = options;
  const address = addressFor(client.settings, options);
  if (signal?.aborted === true) throw aborted(signal);
  const redirect = new Redirect();
  const server = await startLoopbackServer(address, (query) => redirect.receive(query));
  try {
    const request = await authorizationUrl(client, {
      ...options,
      accessType: "offline",
      redirectUri: address.uri(server.port),
    });
    redirect.state = request.state;
    const opened = Promise.resolve(open(request.url));
    const callback = await within(Promise.race([redirect.callback, rejectionOf(opened)]), {
      signal,
      remaining: timeout,
      aborted: () => aborted(signal),
      expired: () => (redirect.hasStrangers ? stateMismatch(subject) : expired(timeout)),
    });
    const credentials = await exchange(client, callback, { ...request, onTokens, signal });
    redirect.show(successPage(credentials.toJSON().email, credentials.missingScopes(options.scopes)));
    return credentials;
  } catch (error) {
    redirect.show(failurePage(error instanceof DiscogenError ? error.message : "The program could not sign you in."));
    throw error;
  } finally {
    await server.close();
  }
}

/** The redirect of the browser, and the page that is shown for it. */
class Redirect {
  /** Set before the URL of the authorization page, and so the state, can be known to the browser. */
  state: string | undefined;
  /** Whether requests with another state arrived. */
  hasStrangers = false;
  /** The query of the first request with the state. */
  readonly callback: Promise<string>;
  /** Shows the page for that request. */
  show: (page: Page) => void = () => undefined;
  readonly #page: Promise<Page>;
  #accept: (callback: string) => void = () => undefined;

  constructor() {
    this.callback = new Promise((resolve) => {
      this.#accept = resolve;
    });
    this.#page = new Promise((resolve) => {
      this.show = resolve;
    });
  }

  /** Returns the page for a request. The browser may repeat the request, which shows the same page. */
  async receive(query: URLSearchParams): Promise<Page> {
    if (this.state === undefined || !hasState(query, this.state)) {
      this.hasStrangers ||= query.has("state");
      return failurePage("This page does not belong to the sign-in that the program waits for.");
    }
    this.#accept(`?${query.toString()}`);
    return this.#page;
  }
}

interface Address {
  readonly hostname: string;
  readonly port: number;
  readonly path: string;
  uri(port: number): string;
}

/**
 * The address to listen on. Not `localhost`, which may be another address in the browser (RFC 8252 §8.3), unless it is
 * registered; and not `[::1]`, which some machines do not have.
 */
function addressFor({ redirectUris, type }: ClientSettings, options: LoopbackOptions): Address {
  const { open, port, timeout } = options;
  const faults: Fault[] = [];
  if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port <= 65_535))
    faults.push({ parameter: "port", message: "must be an integer from 0 to 65535" });
  if (timeout !== undefined && !(typeof timeout === "number" && timeout > 0))
    faults.push({ parameter: "timeout", message: "must be a number of milliseconds above 0" });
  if (open !== undefined && typeof open !== "function")
    faults.push({ parameter: "open", message: "must be a function that takes the URL" });
  if (type === "installed") {
    throwFaults(faults);
    return {
      hostname: "127.0.0.1",
      port: port ?? 0,
      path: "/",
      uri: (port) => `http://127.0.0.1:${String(port)}/`,
    };
  }
  const uri = redirectUris.find((uri) => isLoopbackUri(uri) && (port === undefined || portOf(uri) === port));
  if (uri === undefined) {
    const place = port === undefined ? "a loopback redirect URI" : `a loopback redirect URI with port ${String(port)}`;
    const advice = "Add one in the Google Cloud console, or use a client of the type Desktop app";
    faults.push({ parameter: "redirect_uris", message: `of the web client do not contain ${place}. ${advice}` });
  }
  throwFaults(faults);
  const { hostname, pathname } = new URL(String(uri));
  return { hostname, port: portOf(String(uri)), path: pathname, uri: () => String(uri) };
}

function portOf(uri: string): number {
  return Number(new URL(uri).port || 80);
}

function throwFaults(faults: readonly Fault[]): void {
  if (faults.length > 0) throw new InvalidRequestError(subject, faults, "INVALID_OPTION");
}

async function openOrPrint(url: string): Promise<void> {
  if (!(await openBrowser(url))) writeLog(`Open this URL in a browser to sign in: ${url}`);
}

/** Rejects if the promise rejects. Otherwise it never settles. */
function rejectionOf(promise: Promise<unknown>): Promise<never> {
  return new Promise((_resolve, reject) => {
    promise.catch(reject);
  });
}

function aborted(signal: AbortSignal | undefined): AbortError {
  return new AbortError(`${subject}: aborted`, { cause: signal?.reason });
}

function expired(timeout: number): AuthError {
  const text = `no browser returned from the authorization page within ${String(timeout)} ms`;
  return new AuthError(
    "CONSENT_TIMEOUT",
    `${subject}: ${text}. Open the URL in a browser on this machine, or raise timeout`,
  );
}
