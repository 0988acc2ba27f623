/** Where requests go: root URL, region, universe and client certificate; and which credentials may go there. */
import { describe, expect, it, onTestFinished, vi } from "vitest";
import {
  type ApiDescriptor,
  ApiClient,
  AuthError,
  type ClientOptions,
  type Credentials,
  type HttpRequest,
  InvalidRequestError,
  withOptions,
} from "../../runtime/src/index.js";
import { AccessTokenCredentials, AnonymousCredentials, ServiceAccountCredentials } from "../../runtime/src/auth.js";
import { keyFor, tokenServer } from "./support/keys.js";
import { api as library, BooksResource, clientOf, failureOf, LibraryClient } from "./support/library.js";
import { serve, statuses } from "./support/server.js";

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
/** As the generator writes it, for that API. */
class Client extends ApiClient {
  constructor(options: ClientOptions) {
    super(api, options);
  }
}

const auth = new AnonymousCredentials();
const variables = ["GOOGLE_CLOUD_UNIVERSE_DOMAIN", "GOOGLE_API_USE_CLIENT_CERTIFICATE", "GOOGLE_API_USE_MTLS_ENDPOINT"];

/** The environment has, of these variables, no others. */
function environment(given: Readonly<Record<string, string>> = {}): void {
  for (const name of variables) vi.stubEnv(name, given[name]);
  onTestFinished(() => void vi.unstubAllEnvs());
}

/** The origin that a client's requests go to. */
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

function faultsOf(action: () => unknown): readonly string[] {
  try {
    action();
  } catch (error) {
    if (error instanceof InvalidRequestError && error.code === "INVALID_OPTION")
      return error.faults.map((fault) => `${fault.parameter} ${fault.message}`);
    throw error;
  }
  return [];
}

describe("requests go", () => {
  it.each<[string, ClientOptions, Readonly<Record<string, string>>, string]>([
    ["to the document's root", {}, {}, "https://library.googleapis.com"],
    ["to a region", { region: "us-central1" }, {}, "https://library.us-central1.rep.googleapis.com"],
    ["to a region of the older kind", { region: "us-east1" }, {}, "https://us-east1-library.googleapis.com"],
    ["to a universe", { universeDomain: "example.cloud" }, {}, "https://library.example.cloud"],
    [
      "to the environment's universe",
      {},
      { GOOGLE_CLOUD_UNIVERSE_DOMAIN: "example.cloud" },
      "https://library.example.cloud",
    ],
    [
      "to the option's universe before that",
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
      "to the caller's root before all",
      { rootUrl: "https://private.example.com/", region: "us", universeDomain: "example.cloud" },
      { GOOGLE_API_USE_MTLS_ENDPOINT: "always" },
      "https://private.example.com",
    ],
    [
      "to the mTLS root where the environment says always",
      {},
      { GOOGLE_API_USE_MTLS_ENDPOINT: "always" },
      "https://library.mtls.googleapis.com",
    ],
    [
      "to a region before that",
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
      "to the document's root where no certificate is",
      {},
      { GOOGLE_API_USE_MTLS_ENDPOINT: "auto" },
      "https://library.googleapis.com",
    ],
  ])("%s", async (_name, options, given, want) => {
    environment(given);
    expect(await originOf(new Client({ auth, ...options }))).toBe(want);
  });

  it("to the mTLS root with a certificate, unless the environment says never", () => {
    const mtls = { cert: "a certificate", key: "a key" };
    const rootOf = (options: ClientOptions): string => {
      let asked = "";
      const credentials: Credentials = {
        getRequestHeaders: (url = "") => {
          asked = url;
          return Promise.reject(new Error("enough"));
        },
      };
      void new BooksResource(new Client({ auth: credentials, mtls, ...options })).list().catch(() => undefined);
      return asked;
    };
    environment();
    expect(rootOf({})).toBe("https://library.mtls.googleapis.com/");
    expect(rootOf({ rootUrl: "https://private.example.com/" })).toBe("https://private.example.com/");
    environment({ GOOGLE_API_USE_MTLS_ENDPOINT: "never" });
    expect(rootOf({})).toBe("https://library.googleapis.com/");
  });

  it("to a region of a clone, which the first client knows nothing of", async () => {
    environment();
    const client = new Client({ auth });
    expect(await originOf(withOptions(client, { region: "europe-west1" }))).toBe(
      "https://library.europe-west1.rep.googleapis.com",
    );
    expect(await originOf(client)).toBe("https://library.googleapis.com");
  });

  it("nowhere else than the document says where that is in no universe", async () => {
    environment({ GOOGLE_CLOUD_UNIVERSE_DOMAIN: "example.cloud" });
    expect(await originOf(new LibraryClient({ auth }))).toBe("https://library.example.com");
  });
});

describe("refused", () => {
  it.each<[string, ClientOptions, Readonly<Record<string, string>>, string]>([
    [
      "a region that is misspelt",
      { region: "europe-west-1" },
      {},
      "region is none of this API's; near it are europe-west1, europe-west12, ",
    ],
    ["a region that is none", { region: "toString" }, {}, "region is none of this API's; near it are "],
    ["a universe that is no domain", { universeDomain: "https://x" }, {}, "universeDomain must be a domain"],
    ["a universe with a port", { universeDomain: "example.cloud:8" }, {}, "universeDomain must be a domain"],
    [
      "a universe of the environment that is none",
      {},
      { GOOGLE_CLOUD_UNIVERSE_DOMAIN: "x/y" },
      "GOOGLE_CLOUD_UNIVERSE_DOMAIN must be a domain",
    ],
    [
      "mTLS outside of Google's own universe",
      { mtls: { cert: "c", key: "k" }, universeDomain: "example.cloud" },
      {},
      "mtls is there in the universe googleapis.com alone",
    ],
    [
      "another use of mTLS than there is",
      {},
      { GOOGLE_API_USE_MTLS_ENDPOINT: "maybe" },
      "GOOGLE_API_USE_MTLS_ENDPOINT must be always, auto or never",
    ],
  ])("%s", (_name, options, given, want) => {
    environment(given);
    const faults = faultsOf(() => new Client({ auth, ...options }));
    expect(faults).toEqual([expect.stringContaining(want)]);
  });

  it("any region of an API that has none", () => {
    environment();
    expect(faultsOf(() => new ApiClient(library, { auth, region: "us" }))).toEqual([
      expect.stringContaining("this API names no regional endpoints"),
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
      "an ordinary key, for an address of which the option says where it is",
      { auth: account(), universeDomain: "example.cloud", rootUrl: "http://127.0.0.1:1/" },
      {},
      "of the universe googleapis.com",
    ],
  ])("are refused with the client: %s", (_name, options, given, want) => {
    environment(given);
    expect(() => new Client(options)).toThrow(
      expect.objectContaining({ code: "UNIVERSE_MISMATCH", message: expect.stringContaining(want) }),
    );
  });

  it.each<[string, ClientOptions]>([
    ["a foreign key for its own universe", { auth: account("example.cloud"), universeDomain: "example.cloud" }],
    ["a foreign key for an emulator", { auth: account("example.cloud"), rootUrl: "http://127.0.0.1:1/" }],
    ["an ordinary key for an emulator", { auth: account(), rootUrl: "http://127.0.0.1:1/" }],
    ["a token, which does not say", { auth: new AccessTokenCredentials("t") }],
  ])("are not seen where there are none: %s", (_name, options) => {
    environment({ GOOGLE_CLOUD_UNIVERSE_DOMAIN: "example.cloud" });
    expect(() => new Client(options)).not.toThrow();
  });

  it("that know it only later are refused before anything is sent", async () => {
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

  it("are refused although their token is at hand", async () => {
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

  it("the key of a service account says where it belongs", () => {
    expect([account().universeDomain, account("example.cloud").withSubject("a@b.c").universeDomain]).toEqual([
      "googleapis.com",
      "example.cloud",
    ]);
  });
});
