/**
 * An authorization server like Google's: a consent page in HTML, a token endpoint and an endpoint for revocation. It
 * verifies clients, secrets, redirect URIs, PKCE verifiers, codes and refresh tokens.
 */
import { createHash, randomBytes } from "node:crypto";
import type { ServerResponse } from "node:http";
import { type Seen, type TestServer, json, serve } from "./server.js";
import { signJwt } from "./keys.js";

export interface Behavior {
  readonly type?: "installed" | "web";
  /** Registered redirect URIs. */
  readonly redirectUris?: readonly string[];
  /** `null`: the client has no secret. */
  readonly clientSecret?: string | null;
  /** Whether a refresh replaces the refresh token and invalidates the old one. */
  readonly rotates?: boolean;
  /** Returns a refresh token only if `prompt` is `consent`, like Google to web clients at the second consent. */
  readonly isSecondConsent?: boolean;
  /** Replaces the response of an endpoint. Returns whether it has responded. */
  readonly intercept?: (request: Seen, response: ServerResponse) => boolean;
}

/** What a user granted to the client. */
interface Grant {
  readonly scopes: readonly string[];
  readonly redirectUri: string;
  readonly challenge: string;
  readonly hasRefreshToken: boolean;
  refreshToken: string | undefined;
  isCodeUsed: boolean;
  isRevoked: boolean;
}

export interface AuthorizationServer extends TestServer {
  /** The file of the client. */
  readonly clientFile: object;
  /** Why requests were refused. */
  readonly refusals: string[];
  /** Queries of authorization pages. */
  readonly pages: URLSearchParams[];
  /** Whether an access token is valid. */
  isActive(token: string): boolean;
  /** Revokes everything, as the user can on a page of the account. */
  revokeAll(): void;
}

const clientId = "client-1.apps.googleusercontent.com";
export const user = "user@example.com";

const random = (): string => randomBytes(24).toString("base64url");

export async function authorizationServer(behavior: Behavior = {}): Promise<AuthorizationServer> {
  const {
    clientSecret = "GOCSPX-secret-of-client",
    redirectUris = ["http://localhost"],
    type = "installed",
  } = behavior;
  const refusals: string[] = [];
  const pages: URLSearchParams[] = [];
  const requests = new Map<string, URLSearchParams>();
  const codes = new Map<string, Grant>();
  const refreshTokens = new Map<string, Grant>();
  const accessTokens = new Map<string, Grant>();

  const refuse = (response: ServerResponse, status: number, error: string, description: string): void => {
    refusals.push(`${error}: ${description}`);
    json(response, status, { error, error_description: description });
  };

  const isRegistered = (uri: string): boolean =>
    redirectUris.includes(uri) ||
    (type === "installed" && /^http:\/\/(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?(?:\/|$)/.test(uri));

  /** The consent page. Errors before the redirect URI is verified must not redirect (RFC 6749 §4.1.2.1). */
  const showPage = (query: URLSearchParams, response: ServerResponse): void => {
    const wanted: readonly (readonly [string, RegExp])[] = [
      ["client_id", new RegExp(`^${clientId}$`)],
      ["response_type", /^code$/],
      ["scope", /\S/],
      ["state", /\S/],
      ["code_challenge", /^[\w-]{43}$/],
      ["code_challenge_method", /^S256$/],
      ["access_type", /^(?:off|on)line$/],
    ];
    const wrong = wanted.filter(([name, form]) => !form.test(query.get(name) ?? "")).map(([name]) => name);
    if (!isRegistered(query.get("redirect_uri") ?? "")) wrong.push("redirect_uri_mismatch");
    if (wrong.length > 0) return refuse(response, 400, "invalid_request", wrong.join(", "));
    const id = random();
    requests.set(id, query);
    pages.push(query);
    const boxes = (query.get("scope") ?? "")
      .split(" ")
      .map((scope) => `<label><input type="checkbox" name="scope" value="${scope}" checked>${scope}</label>`);
    response.writeHead(200, { "content-type": "text/html" });
    response.end(`<!doctype html><title>Consent</title><link rel="icon" href="data:,"><form method="post" action="/consent">
      <input type="hidden" name="request" value="${id}">${boxes.join("")}
      <button name="answer" value="allow">Allow</button><button name="answer" value="deny">Deny</button></form>`);
  };

  const answerPage = (form: URLSearchParams, response: ServerResponse): void => {
    const query = requests.get(form.get("request") ?? "");
    if (query === undefined) return refuse(response, 400, "invalid_request", "unknown request");
    const target = new URL(query.get("redirect_uri") ?? "");
    target.searchParams.set("state", query.get("state") ?? "");
    if (form.get("answer") === "allow") {
      const code = `4/0${random()}`;
      codes.set(code, {
        scopes: form.getAll("scope"),
        redirectUri: query.get("redirect_uri") ?? "",
        challenge: query.get("code_challenge") ?? "",
        hasRefreshToken:
          query.get("access_type") === "offline" &&
          (behavior.isSecondConsent !== true || query.get("prompt") === "consent"),
        refreshToken: undefined,
        isCodeUsed: false,
        isRevoked: false,
      });
      target.searchParams.set("code", code);
    } else target.searchParams.set("error", "access_denied");
    response.writeHead(302, { location: target.href }).end();
  };

  const isClient = (form: URLSearchParams): boolean =>
    form.get("client_id") === clientId && form.get("client_secret") === clientSecret;

  const issue = async (
    grant: Grant,
    response: ServerResponse,
    scopes = grant.scopes,
    audience = clientId,
  ): Promise<void> => {
    const token = `ya29.${random()}`;
    accessTokens.set(token, grant);
    const isNew = grant.hasRefreshToken && (grant.refreshToken === undefined || behavior.rotates === true);
    if (isNew) {
      if (grant.refreshToken !== undefined) refreshTokens.delete(grant.refreshToken);
      grant.refreshToken = `1//0${random()}`;
      refreshTokens.set(grant.refreshToken, grant);
    }
    json(response, 200, {
      access_token: token,
      expires_in: 3599,
      token_type: "Bearer",
      scope: scopes.join(" "),
      ...(isNew ? { refresh_token: grant.refreshToken } : {}),
      ...(scopes.includes("openid") ? { id_token: await signJwt({ aud: audience, email: user }) } : {}),
    });
  };

  const exchange = (form: URLSearchParams, response: ServerResponse): void | Promise<void> => {
    const grant = codes.get(form.get("code") ?? "");
    const invalid = (text: string): void => refuse(response, 400, "invalid_grant", text);
    if (grant === undefined) return invalid("unknown code");
    if (grant.isCodeUsed) {
      // Somebody else may have used it (RFC 6749 §4.1.2).
      grant.isRevoked = true;
      return invalid("code was used");
    }
    grant.isCodeUsed = true;
    if (form.get("redirect_uri") !== grant.redirectUri) return invalid("redirect_uri differs");
    const challenge = createHash("sha256")
      .update(form.get("code_verifier") ?? "")
      .digest("base64url");
    return challenge === grant.challenge ? issue(grant, response) : invalid("code_verifier does not match");
  };

  const refresh = (form: URLSearchParams, response: ServerResponse): void | Promise<void> => {
    const grant = refreshTokens.get(form.get("refresh_token") ?? "");
    if (grant === undefined || grant.isRevoked)
      return refuse(response, 400, "invalid_grant", "Token has been expired or revoked.");
    const scopes = form.get("scope")?.split(" ");
    if (scopes?.every((scope) => grant.scopes.includes(scope)) === false)
      return refuse(response, 400, "invalid_scope", "not granted");
    return issue(grant, response, scopes, form.get("target_audience") ?? undefined);
  };

  const revoke = (form: URLSearchParams, response: ServerResponse): void => {
    const token = form.get("token") ?? "";
    const grant = refreshTokens.get(token) ?? accessTokens.get(token);
    if (grant === undefined || grant.isRevoked)
      return refuse(response, 400, "invalid_token", "Token expired or revoked");
    grant.isRevoked = true;
    json(response, 200, {});
  };

  const server = await serve(async (request, response) => {
    if (behavior.intercept?.(request, response) === true) return;
    const { pathname, searchParams } = new URL(request.url, "http://server");
    const form = new URLSearchParams(request.body);
    const isForm = request.headers["content-type"] === "application/x-www-form-urlencoded";
    switch (`${request.method} ${pathname}`) {
      case "GET /authorize":
        return showPage(searchParams, response);
      case "POST /consent":
        return answerPage(form, response);
      case "POST /token":
      case "POST /revoke":
        if (!isForm) return refuse(response, 400, "invalid_request", "not a form");
        if (!isClient(form)) return refuse(response, 401, "invalid_client", "unknown client or wrong secret");
        if (pathname === "/revoke") return revoke(form, response);
        if (form.get("grant_type") === "authorization_code") return exchange(form, response);
        if (form.get("grant_type") === "refresh_token") return refresh(form, response);
        return refuse(response, 400, "unsupported_grant_type", String(form.get("grant_type")));
      default:
        response.writeHead(404).end();
    }
  });
  return {
    ...server,
    clientFile: {
      [type]: {
        client_id: clientId,
        project_id: "example-123",
        auth_uri: `${server.url}authorize`,
        token_uri: `${server.url}token`,
        ...(clientSecret === null ? {} : { client_secret: clientSecret }),
        redirect_uris: redirectUris,
      },
    },
    refusals,
    pages,
    isActive: (token) => accessTokens.get(token)?.isRevoked === false,
    revokeAll: () => {
      for (const grant of codes.values()) grant.isRevoked = true;
    },
  };
}

/** What a user answers on the consent page. */
export interface Answer {
  readonly deny?: boolean;
  /** Scopes to uncheck. */
  readonly without?: readonly string[];
}

/** Answers the consent page as a browser does, and returns the URL that the server redirects to. */
export async function consentTo(url: string, { deny = false, without = [] }: Answer = {}): Promise<string> {
  const page = await fetch(url);
  const html = await page.text();
  if (page.status !== 200) throw new Error(html);
  const values = (name: string): string[] =>
    [...html.matchAll(new RegExp(`name="${name}" value="([^"]*)"`, "g"))].map(([, value = ""]) => value);
  const form = new URLSearchParams({ request: values("request")[0] ?? "", answer: deny ? "deny" : "allow" });
  for (const scope of values("scope")) if (!without.includes(scope)) form.append("scope", scope);
  const response = await fetch(new URL("/consent", url), { method: "POST", body: form, redirect: "manual" });
  return response.headers.get("location") ?? "";
}
