/** google-auth-library's credentials with our clients, and our credentials with libraries that expect an `AuthClient`. */
import { expect, expectTypeOf, it } from "vitest";
import type { ClientOptions } from "../../../runtime/src/index.js";
import { ServiceAccountCredentials } from "../../../runtime/src/auth.js";
import { keyFor, tokenServer } from "../support/keys.js";
import { clientOf } from "../support/library.js";
import { serve, statuses } from "../support/server.js";

/** The interface of google-auth-library's `AuthClient`, versions 9 and 10. */
abstract class AuthClient {
  apiKey?: string;
  projectId?: string | null;
  quotaProjectId?: string;
  credentials: { access_token?: string | null; expiry_date?: number | null } = {};
  eagerRefreshThresholdMillis = 300_000;
  forceRefreshOnFailure = false;
  universeDomain = "googleapis.com";
  abstract request<T>(options: { url?: string }): Promise<{ data: T }>;
  abstract getAccessToken(): Promise<{ token?: string | null; res?: unknown }>;
  setCredentials(credentials: AuthClient["credentials"]): void {
    this.credentials = credentials;
  }
}

/** Version 10: headers as a `Headers`. */
class JWT10 extends AuthClient {
  urls: (string | URL | undefined)[] = [];
  async request<T>(): Promise<{ data: T }> {
    throw new Error("not used");
  }
  async getAccessToken(): Promise<{ token?: string | null }> {
    return { token: "peer" };
  }
  async getRequestHeaders(url?: string | URL): Promise<Headers> {
    this.urls.push(url);
    return new Headers({ authorization: "Bearer peer", "x-goog-user-project": "payer" });
  }
}

/** Version 9: headers as an object, with a name in upper case. */
class JWT9 extends AuthClient {
  urls: (string | undefined)[] = [];
  async request<T>(): Promise<{ data: T }> {
    throw new Error("not used");
  }
  async getAccessToken(): Promise<{ token?: string | null }> {
    return { token: "peer" };
  }
  async getRequestHeaders(url?: string): Promise<{ [index: string]: string }> {
    this.urls.push(url);
    return { Authorization: "Bearer peer", "x-goog-user-project": "payer" };
  }
}

it.each([new JWT9(), new JWT10()])("a client of google-auth-library authorizes our calls", async (auth) => {
  const { seen, url } = await serve(statuses(200));
  await clientOf(url, { auth }).books.list();
  expect(seen[0]?.headers).toMatchObject({ authorization: "Bearer peer", "x-goog-user-project": "payer" });
  expect(auth.urls).toEqual([url]);
});

it("its types fit ours", () => {
  expectTypeOf<JWT9>().toExtend<NonNullable<ClientOptions["auth"]>>();
  expectTypeOf<JWT10>().toExtend<NonNullable<ClientOptions["auth"]>>();
});

/** What other libraries use of an auth client, such as gRPC's `credentials.createFromGoogleCredential`. */
interface RequestSigner {
  getRequestHeaders(url?: string): Promise<Record<string, string>>;
}

it("our credentials work where request headers are expected", async () => {
  const { url } = await tokenServer();
  const signer: RequestSigner = ServiceAccountCredentials.fromJSON(keyFor(url), { scopes: ["a"] });
  expect(new Headers(await signer.getRequestHeaders("https://pubsub.googleapis.com/")).get("authorization")).toBe(
    "Bearer token-1",
  );
});
