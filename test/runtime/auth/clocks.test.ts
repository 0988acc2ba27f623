/** Every kind of credentials while the local clock is an hour ahead or behind, with servers that have the right time. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  AccessTokenCredentials,
  AuthorizedUserCredentials,
  type Credentials,
  DownscopedCredentials,
  ExternalAccountAuthorizedUserCredentials,
  ExternalAccountCredentials,
  ImpersonatedCredentials,
  MetadataCredentials,
  ServiceAccountCredentials,
} from "../../../runtime/src/auth.js";
import { hostOf, metadataServer, rerouted, temporaryFile } from "../support/authentication.js";
import { keyFor, signJwt, verify, verifyJwt } from "../support/keys.js";
import { clientOf, failureOf } from "../support/library.js";
import { type Handler, type Seen, type TestServer, json, serve } from "../support/server.js";
import { configOf } from "./external/support.js";

const minute = 60_000;
const hour = 60 * minute;

/** The right time. Only `Date.now()` is wrong: the runtime reads no other clock. */
const now = (): number => Date.parse(new Date().toISOString());
let offset = 0;

beforeEach(() => {
  vi.spyOn(Date, "now").mockImplementation(() => now() + offset);
  vi.stubEnv("GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES", "1");
});
afterEach(() => {
  offset = 0;
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

const seconds = (time: number): number => Math.floor(time / 1000);

/** An ID token that was issued some time ago. */
const idToken = (age: number, lifetime: number): Promise<string> =>
  signJwt({ aud: "https://a", iat: seconds(now() - age), exp: seconds(now() - age + lifetime) });

/** A token endpoint, IAM and STS in one, which checks assertions and has the right time. */
async function google(lifetime = hour): Promise<TestServer> {
  return serve(async (request, response, index) => {
    const number = String(index + 1);
    if (request.url.includes("generateAccessToken"))
      return json(response, 200, {
        accessToken: `token-${number}`,
        expireTime: new Date(now() + lifetime).toISOString(),
      });
    if (request.url.includes("generateIdToken")) {
      const [, token = ""] = /^Bearer (ey.*)$/.exec(request.headers.authorization ?? "") ?? [];
      // In other universes, the request has a self-signed token.
      if (token !== "" && !(await isValid(() => verifyJwt(token))))
        return json(response, 401, { error: { code: 401, message: "no", status: "UNAUTHENTICATED" } });
      return json(response, 200, { token: await idToken(0, lifetime) });
    }
    if (request.url.includes("signJwt")) {
      const { payload } = JSON.parse(request.body) as { readonly payload: string }; // the runtime wrote it
      return json(response, 200, { signedJwt: await signJwt(JSON.parse(payload) as Record<string, unknown>) });
    }
    const form = new URLSearchParams(request.body);
    if (form.has("assertion") && !(await isValid(() => verify(request))))
      return json(response, 400, {
        error: "invalid_grant",
        error_description: "Invalid JWT: Token must be a short-lived token and in a reasonable timeframe",
      });
    if (form.get("subject_token") === "stale")
      return json(response, 400, { error: "invalid_grant", error_description: "The token has expired." });
    if (isForIdToken(request, form)) return json(response, 200, { id_token: await idToken(0, lifetime) });
    json(response, 200, { access_token: `token-${number}`, token_type: "Bearer", expires_in: lifetime / 1000 });
  });
}

/** Whether an assertion is valid, by Google's rules: not issued in the future, and not expired. */
async function isValid(check: () => Promise<{ readonly claims: { readonly iat?: number } }>): Promise<boolean> {
  try {
    const { claims } = await check();
    return (claims.iat ?? 0) <= seconds(now());
  } catch {
    return false;
  }
}

function isForIdToken({ body }: Seen, form: URLSearchParams): boolean {
  const [, claims = ""] = (form.get("assertion") ?? "").split(".");
  return body.includes("target_audience") || Buffer.from(claims, "base64url").toString().includes("target_audience");
}

const scopes = ["https://example.com/auth/a"];
const wide = new AccessTokenCredentials("wide");
const email = "robot@example-123.iam.gserviceaccount.com";
const boundary = {
  accessBoundary: {
    accessBoundaryRules: [
      { availableResource: "//storage.googleapis.com/projects/_/buckets/b", availablePermissions: ["inRole:r"] },
    ],
  },
};
const metadataOf = async (path: string, handler: Handler): Promise<[string, TestServer]> => {
  const server = await metadataServer({ [`instance/service-accounts/default/${path}`]: handler });
  return [hostOf(server), server];
};
const routes = ({ url }: TestServer): ReturnType<typeof rerouted> =>
  rerouted({
    "https://iamcredentials.googleapis.com": url,
    "https://iamcredentials.example.goog": url,
    "https://oauth2.googleapis.com": url,
    "https://sts.googleapis.com": url,
  });

/** Credentials, and the server whose requests count. */
interface Kind {
  readonly auth: Credentials & { getIdToken?(audience: string): Promise<string> };
  readonly server: TestServer;
  /** Requests for the first token if the clock is wrong: twice those with the right clock, or 1. Default: 1. */
  readonly requests?: number;
}

const executable = async (output: unknown, file?: unknown): Promise<Kind> => {
  const server = await google();
  const program = await temporaryFile("program.mjs", `console.log(${JSON.stringify(JSON.stringify(output))})`);
  const output_file = await temporaryFile("output.json", file ?? "");
  const auth = ExternalAccountCredentials.fromJSON(
    configOf({
      token_url: `${server.url}v1/token`,
      credential_source: { executable: { command: `"${process.execPath}" "${program}"`, output_file } },
    }),
    { scopes },
  );
  return { auth, server };
};
const output = (token: string, expires: number): object => ({
  version: 1,
  success: true,
  token_type: "urn:ietf:params:oauth:token-type:jwt",
  id_token: token,
  expiration_time: seconds(expires),
});

const kinds: readonly [string, "access" | "id", (lifetime: number) => Promise<Kind>][] = [
  [
    "a service account's key",
    "access",
    async (lifetime) => {
      const server = await google(lifetime);
      return { auth: ServiceAccountCredentials.fromJSON(keyFor(server.url), { scopes }), server, requests: 2 };
    },
  ],
  [
    "a service account's key",
    "id",
    async (lifetime) => {
      const server = await google(lifetime);
      return { auth: ServiceAccountCredentials.fromJSON(keyFor(server.url)), server, requests: 2 };
    },
  ],
  [
    "a key of another universe",
    "id",
    async (lifetime) => {
      const server = await google(lifetime);
      const key = keyFor("https://oauth2.googleapis.com/token", { universe_domain: "example.goog" });
      return { auth: ServiceAccountCredentials.fromJSON(key, { transport: routes(server) }), server, requests: 2 };
    },
  ],
  ...(["access", "id"] as const).map((type): (typeof kinds)[number] => [
    "a user",
    type,
    async (lifetime) => {
      const server = await google(lifetime);
      const key = { client_id: "c", client_secret: "s", refresh_token: "r", token_uri: server.url };
      return { auth: AuthorizedUserCredentials.fromJSON({ type: "authorized_user", ...key }), server };
    },
  ]),
  [
    "a metadata server",
    "access",
    async (lifetime) => {
      const [host, server] = await metadataOf("token", (_request, response, index) =>
        json(
          response,
          200,
          { access_token: `token-${String(index)}`, expires_in: lifetime / 1000 },
          { "metadata-flavor": "Google" },
        ),
      );
      return { auth: new MetadataCredentials({ host }), server };
    },
  ],
  [
    "a metadata server with a cached token",
    "id",
    async (lifetime) => {
      const [host, server] = await metadataOf("identity", async (_request, response) => {
        response.writeHead(200, { "metadata-flavor": "Google" }).end(await idToken(hour - lifetime, hour));
      });
      return { auth: new MetadataCredentials({ host }), server };
    },
  ],
  ...(["access", "id"] as const).map((type): (typeof kinds)[number] => [
    "impersonation",
    type,
    async (lifetime) => {
      const server = await google(lifetime);
      const given = { sourceCredentials: wide, targetPrincipal: email, scopes, transport: routes(server) };
      return { auth: new ImpersonatedCredentials(given), server };
    },
  ]),
  [
    "impersonation for a user",
    "access",
    async (lifetime) => {
      const server = await google(lifetime);
      const given = { sourceCredentials: wide, targetPrincipal: email, scopes, transport: routes(server) };
      return { auth: new ImpersonatedCredentials({ ...given, subject: "user@example.com" }), server, requests: 4 };
    },
  ],
  [
    "a boundary",
    "access",
    async (lifetime) => {
      const server = await google(lifetime);
      return { auth: new DownscopedCredentials(wide, boundary, { transport: routes(server) }), server };
    },
  ],
  [
    "an external identity",
    "access",
    async (lifetime) => {
      const server = await google(lifetime);
      const config = configOf({ token_url: `${server.url}v1/token`, credential_source: undefined });
      const subjectToken = (): Promise<string> => Promise.resolve("subject");
      return { auth: ExternalAccountCredentials.fromJSON(config, { scopes, subjectToken }), server };
    },
  ],
  [
    "a user of a workforce pool",
    "access",
    async (lifetime) => {
      const server = await google(lifetime);
      const client = { client_id: "c", client_secret: "s", refresh_token: "r", token_url: `${server.url}token` };
      const type = "external_account_authorized_user";
      return { auth: ExternalAccountAuthorizedUserCredentials.fromJSON({ type, ...client }), server };
    },
  ],
];

const clocks: readonly [string, number][] = [
  ["right", 0],
  ["an hour ahead", hour],
  ["an hour behind", -hour],
];

describe.each(clocks)("a local clock that is %s", (_clock, wrong) => {
  it.each(kinds)("does not change how long tokens are cached: %s, %s", async (_name, type, make) => {
    const lifetime = 30 * minute;
    offset = wrong;
    const { auth, requests = 1, server } = await make(lifetime);
    const request = async (): Promise<number> => {
      if (type === "access") await auth.getRequestHeaders("https://library.example.com/");
      else await auth.getIdToken?.("https://a");
      return server.seen.filter(({ url }) => !url.includes("universe-domain")).length;
    };
    const first = await request();
    expect(first).toBe(wrong === 0 ? Math.ceil(requests / 2) : requests);
    offset = wrong + lifetime - 5 * minute;
    expect(await request()).toBe(first);
    offset = wrong + lifetime + 1000;
    expect(await request()).toBeGreaterThan(first);
  });

  it("does not make an API reject self-signed tokens", async () => {
    offset = wrong;
    const api = await serve(async (request, response) => {
      const token = (request.headers.authorization ?? "").slice("Bearer ".length);
      const valid = await isValid(() => verifyJwt(token));
      json(response, valid ? 200 : 401, valid ? {} : { error: { code: 401, message: "Invalid credentials" } });
    });
    const auth = ServiceAccountCredentials.fromJSON(keyFor("https://oauth2.example.com/token"), {
      selfSignedJwt: true,
    });
    const client = clientOf(api.url, { auth });
    await client.books.list();
    expect(api.seen.length).toBe(wrong === 0 ? 1 : 2);
    await client.books.list();
    expect(api.seen.length).toBe(wrong === 0 ? 2 : 3);
  });
});

describe("a program's token", () => {
  it("that has expired by a clock that is ahead is an error that names the clock", async () => {
    offset = hour;
    const { auth } = await executable(output("subject", now() + 10 * minute));
    expect(await failureOf(auth.getRequestHeaders())).toMatchObject({
      code: "TOKEN_UNAVAILABLE",
      message: expect.stringContaining("Check the clock of this machine") as unknown,
    });
  });

  it("in a file, which has not expired by a clock that is behind, is replaced after the STS rejects it", async () => {
    offset = -hour;
    const stale = output("stale", now() - 10 * minute);
    const { auth, server } = await executable(output("subject", now() + 10 * minute), stale);
    expect(await auth.getRequestHeaders()).toHaveProperty("authorization");
    const sent = (): (string | null)[] => server.seen.map(({ body }) => new URLSearchParams(body).get("subject_token"));
    expect(sent()).toEqual(["stale", "subject"]);
    auth.invalidate?.();
    await auth.getRequestHeaders();
    expect(sent()).toEqual(["stale", "subject", "subject"]);
  });

  it("that the STS rejects too is an error after one more exchange", async () => {
    const { auth, server } = await executable(output("stale", now() + 10 * minute), output("stale", now() + minute));
    expect(await failureOf(auth.getRequestHeaders())).toMatchObject({ code: "TOKEN_REFUSED" });
    expect(server.seen.length).toBe(2);
  });
});
