/** The address of requests: root URL, region, universe and client certificate; and the credentials allowed there. */
import { describe, expect, it, onTestFinished, vi } from "vitest";
import {
  type ApiDescriptor,
  ApiClient,
  AuthError,
  type ClientOptions,
  type Credentials,
  type HttpRequest,
  withOptions,
} from "../../../runtime/src/index.js";
import { AccessTokenCredentials, AnonymousCredentials, ServiceAccountCredentials } from "../../../runtime/src/auth.js";
import { keyFor, tokenServer } from "../support/keys.js";
import { api as library, BooksResource, clientOf, failureOf, LibraryClient } from "../support/library.js";
import { faultsOf } from "../support/faults.js";
import { serve, statuses } from "../support/server.js";

const api: ApiDescriptor = {
  ...library,
  rootUrl: "https://library.googleapis.com/",
  mtlsRootUrl: "https://library.mtls.googleapis.com/",
  endpoints: {
    "europe-west1": "https://library.europe-west1.rep.googleapis.com/",
    "europe-west12": "https://library.europe-west12.rep.googleapis.com/",
    "us-central1": "https://library.us-central1.rep.googleapis.com/",
    "us-east1": "https://us-east1-library.googleapis.com/",
    us: "https://library.us.rep.googleapis.com/",
    "asia-east1": "https://library.asia-east1.rep.googleapis.com/",
    "me-central1": "https://library.me-central1.rep.googleapis.com/",
  },
};
/** Like generated code. */
class Client extends ApiClient {
  constructor(options: ClientOptions) {
    super(api, options);
  }
}

const auth = new AnonymousCredentials();
const variables = ["GOOGLE_CLOUD_UNIVERSE_DOMAIN", "GOOGLE_API_USE_CLIENT_CERTIFICATE", "GOOGLE_API_USE_MTLS_ENDPOINT"];

/** Sets these variables, and removes the other ones. */
function environment(given: Readonly<Record<string, string>> = {}): void {
  for (const name of variables) vi.stubEnv(name, given[name]);
  onTestFinished(() => void vi.unstubAllEnvs());
}

/** Returns the origin of a client's requests. */
async function originOf(client: ApiClient): Promise<string> {
  let origin = "";
  const transport = {
    send: (request: HttpRequest) => {
      origin = request.origin;
      return Promise.resolve({ status: 200, headers: {}, body: "{}" });
    },
  };
  await new BooksResource(withOptions(client, { transport })).list();
  return origin;
}

describe("requests are sent", () => {
  it.each<[string, ClientOptions, Readonly<Record<string, string>>, string]>([
    ["to the document's root", {}, {}, "https://library.googleapis.com"],
    ["to a region", { region: "us-central1" }, {}, "https://library.us-central1.rep.googleapis.com"],
    ["to a region of the older kind", { region: "us-east1" }, {}, "https://us-east1-library.googleapis.com"],
    ["to a universe", { universeDomain: "example.cloud" }, {}, "https://library.example.cloud"],
    [
      "to the universe of the environment",
      {},
      { GOOGLE_CLOUD_UNIVERSE_DOMAIN: "example.cloud" },
      "https://library.example.cloud",
    ],
    [
      "to the universe of the option, which overrides the environment",
      { universeDomain: "googleapis.com" },
      { GOOGLE_CLOUD_UNIVERSE_DOMAIN: "example.cloud" },
      "https://library.googleapis.com",
    ],
    [
      "to a region of a universe",
      { region: "us", universeDomain: "example.cloud" },
      {},
      "https://library.us.rep.example.cloud",
    ],
    [
      "to rootUrl, which overrides all",
      { rootUrl: "https://private.example.com/", region: "us", universeDomain: "example.cloud" },
      { GOOGLE_API_USE_MTLS_ENDPOINT: "always" },
      "https://private.example.com",
    ],
    [
      "to the mTLS root if the environment requires it",
      {},
      { GOOGLE_API_USE_MTLS_ENDPOINT: "always" },
      "https://library.mtls.googleapis.com",
    ],
    [
      "to a region, which overrides mTLS",
      { region: "us" },
      { GOOGLE_API_USE_MTLS_ENDPOINT: "always" },
      "https://library.us.rep.googleapis.com",
    ],
    [
      "to the document's root with mtls: false",
      { mtls: false },
      { GOOGLE_API_USE_MTLS_ENDPOINT: "always" },
      "https://library.googleapis.com",
    ],
    [
      "to the document's root without a certificate",
      {},
      { GOOGLE_API_USE_MTLS_ENDPOINT: "auto" },
      "https://library.googleapis.com",
    ],
  ])("%s", async (_name, options, given, want) => {
    environment(given);
    expect(await originOf(new Client({ auth, ...options }))).toBe(want);
  });

  it("to the mTLS root with a certificate, unless the environment forbids it", () => {
    const mtls = { cert: "a certificate", key: "a key" };
    const rootOf = (options: ClientOptions): string => {
      let requested = "";
      const credentials: Credentials = {
        getRequestHeaders: (url = "") => {
          requested = url;
          return Promise.reject(new Error("enough"));
        },
      };
      void new BooksResource(new Client({ auth: credentials, mtls, ...options })).list().catch(() => undefined);
      return requested;
    };
    environment();
    expect(rootOf({})).toBe("https://library.mtls.googleapis.com/");
    expect(rootOf({ rootUrl: "https://private.example.com/" })).toBe("https://private.example.com/");
    environment({ GOOGLE_API_USE_MTLS_ENDPOINT: "never" });
    expect(rootOf({})).toBe("https://library.googleapis.com/");
  });

  it("to the region of a copy, without a change of the first client", async () => {
    environment();
    const client = new Client({ auth });
    expect(await originOf(withOptions(client, { region: "europe-west1" }))).toBe(
      "https://library.europe-west1.rep.googleapis.com",
    );
    expect(await originOf(client)).toBe("https://library.googleapis.com");
  });

  it("to the document's root if it belongs to no universe", async () => {
    environment({ GOOGLE_CLOUD_UNIVERSE_DOMAIN: "example.cloud" });
    expect(await originOf(new LibraryClient({ auth }))).toBe("https://library.example.com");
  });
});

describe("rejects", () => {
  it.each<[string, ClientOptions, Readonly<Record<string, string>>, string]>([
    [
      "a misspelled region",
      { region: "europe-west-1" },
      {},
      "region is not in this API's document; similar regions are europe-west1, europe-west12, ",
    ],
    [
      "the name of a property of Object",
      { region: "toString" },
      {},
      "region is not in this API's document; similar regions are ",
    ],
    ["a universe that is not a domain", { universeDomain: "https://x" }, {}, "universeDomain must be a domain"],
    ["a universe with a port", { universeDomain: "example.cloud:8" }, {}, "universeDomain must be a domain"],
    [
      "an invalid universe of the environment",
      {},
      { GOOGLE_CLOUD_UNIVERSE_DOMAIN: "x/y" },
      "GOOGLE_CLOUD_UNIVERSE_DOMAIN must be a domain",
    ],
    [
      "mTLS outside of Google's own universe",
      { mtls: { cert: "c", key: "k" }, universeDomain: "example.cloud" },
      {},
      "mtls is available only in the universe googleapis.com",
    ],
    [
      "an unknown value for mTLS",
      {},
      { GOOGLE_API_USE_MTLS_ENDPOINT: "maybe" },
      "GOOGLE_API_USE_MTLS_ENDPOINT must be always, auto or never",
    ],
  ])("%s", (_name, options, given, want) => {
    environment(given);
    const faults = faultsOf(() => new Client({ auth, ...options }), "INVALID_OPTION");
    expect(faults).toEqual([expect.stringContaining(want)]);
  });

  it("a region of an API without regions", () => {
    environment();
    expect(faultsOf(() => new ApiClient(library, { auth, region: "us" }), "INVALID_OPTION")).toEqual([
      expect.stringContaining("this API's document has no regional endpoints"),
    ]);
  });
});

describe("credentials of another universe", () => {
  const account = (universe?: string): ServiceAccountCredentials =>
    ServiceAccountCredentials.fromJSON(
      keyFor("http://127.0.0.1:1/token", universe === undefined ? {} : { universe_domain: universe }),
      { scopes: ["s"] },
    );

  it.each<[string, ClientOptions, Readonly<Record<string, string>>, string]>([
    [
      "a foreign key",
      { auth: account("example.cloud") },
      {},
      "of the universe example.cloud, the client is of googleapis.com",
    ],
    [
      "an ordinary key, by option",
      { auth: account(), universeDomain: "example.cloud" },
      {},
      "of the universe googleapis.com",
    ],
    [
      "an ordinary key, by environment",
      { auth: account() },
      { GOOGLE_CLOUD_UNIVERSE_DOMAIN: "example.cloud" },
      "of the universe googleapis.com",
    ],
    [
      "an ordinary key, for an address in the universe of the option",
      { auth: account(), universeDomain: "example.cloud", rootUrl: "http://127.0.0.1:1/" },
      {},
      "of the universe googleapis.com",
    ],
  ])("are rejected by the client: %s", (_name, options, given, want) => {
    environment(given);
    expect(() => new Client(options)).toThrow(
      expect.objectContaining({ code: "UNIVERSE_MISMATCH", message: expect.stringContaining(want) }),
    );
  });

  it.each<[string, ClientOptions]>([
    ["a foreign key for its own universe", { auth: account("example.cloud"), universeDomain: "example.cloud" }],
    ["a foreign key for an emulator", { auth: account("example.cloud"), rootUrl: "http://127.0.0.1:1/" }],
    ["an ordinary key for an emulator", { auth: account(), rootUrl: "http://127.0.0.1:1/" }],
    ["a token without a universe", { auth: new AccessTokenCredentials("t") }],
  ])("are accepted: %s", (_name, options) => {
    environment({ GOOGLE_CLOUD_UNIVERSE_DOMAIN: "example.cloud" });
    expect(() => new Client(options)).not.toThrow();
  });

  it("that know their universe later are rejected before anything is sent", async () => {
    environment();
    const { seen, url } = await serve(statuses(200));
    class Late implements Credentials {
      universeDomain: string | undefined = undefined;
      getRequestHeaders(): Promise<Record<string, string>> {
        this.universeDomain = "example.cloud";
        return Promise.resolve({ authorization: "Bearer a-token" });
      }
    }
    const error = await failureOf(clientOf(url, { auth: new Late(), universeDomain: "googleapis.com" }).books.list());
    expect(error).toBeInstanceOf(AuthError);
    expect(error).toMatchObject({ code: "UNIVERSE_MISMATCH" });
    expect(seen).toHaveLength(0);
    await clientOf(url, { auth: new Late(), universeDomain: "example.cloud" }).books.list();
    expect(seen).toHaveLength(1);
  });

  it("are rejected even if their token is cached", async () => {
    environment();
    const tokens = await tokenServer();
    const { seen, url } = await serve(statuses(200));
    const auth = ServiceAccountCredentials.fromJSON(keyFor(`${tokens.url}token`), { scopes: ["s"] });
    const universe = vi.spyOn(auth, "universeDomain", "get").mockReturnValue(undefined as unknown as string);
    const { books } = clientOf(url, { auth, universeDomain: "example.cloud" });
    await books.list();
    universe.mockReturnValue("googleapis.com");
    expect(await failureOf(books.list())).toMatchObject({ code: "UNIVERSE_MISMATCH" });
    expect(seen).toHaveLength(1);
  });

  it("have the universe of the service account's key", () => {
    expect([account().universeDomain, account("example.cloud").withSubject("a@b.c").universeDomain]).toEqual([
      "googleapis.com",
      "example.cloud",
    ]);
  });
});
