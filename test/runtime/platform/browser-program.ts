/* oxlint-disable no-console -- prints the result */
/** The programs that tests run in a browser, by name. Prints the result. */
import { args } from "./fake-browser.js";
import {
  applicationDefault,
  AnonymousCredentials,
  ExternalAccountCredentials,
  fileTokenStore,
  OAuthClient,
  openBrowser,
  ServiceAccountCredentials,
} from "../../../runtime/src/auth.js";
import {
  type ClientOptions,
  type Dispatcher,
  type DiscogenError,
  fetchTransport,
  undiciTransport,
} from "../../../runtime/src/index.js";
import { clientOf, LibraryClient } from "../support/library.js";

const [name = "", url = "", extra = ""] = args;
const granule = 256 * 1024;
const { books } = clientOf(url);

/** The first bytes of the upload server's pattern, which uses `Buffer` itself. */
function patternBytes(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = 0, state = 1; i < length; i++) {
    state = (state * 48_271) % 2_147_483_647;
    bytes[i] = state & 255;
  }
  return bytes;
}

function streamOf(...chunks: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start: (controller) => {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
}

async function* many(): AsyncGenerator<Uint8Array, void, undefined> {
  for (let i = 0; i < 40; i++) yield new Uint8Array(1024 * 1024);
}

async function* text(): AsyncGenerator<Uint8Array, void, undefined> {
  yield new TextEncoder().encode("a ");
  yield new TextEncoder().encode("stream");
}

const upload = (body: unknown, rest: object = {}): Promise<unknown> =>
  books.create({ ...rest, media: { body, resumable: false, mimeType: "text/plain" } });

const optionsOf = (options: ClientOptions): unknown =>
  new LibraryClient({ auth: new AnonymousCredentials(), ...options });

const external = (source: object): Promise<unknown> =>
  ExternalAccountCredentials.fromJSON(
    {
      type: "external_account",
      audience: "//iam.googleapis.com/a",
      subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
      token_url: "https://sts.googleapis.com/v1/token",
      credential_source: source,
    },
    { scopes: ["a"] },
  ).getRequestHeaders();

const client = new OAuthClient({
  clientId: "c",
  redirectUris: ["https://example.com/callback"],
  tokenUri: new URL("/token", url).href,
});

const programs: { readonly [name: string]: () => unknown } = {
  list: () => books.list(),
  "a string": () => upload("a text"),
  bytes: () => upload(new TextEncoder().encode("a text")),
  "a blob": () => upload(new Blob(["a ", "text"])),
  "a blob with metadata": () => upload(new Blob(["a text"]), { requestBody: { name: "n" } }),
  "a raw blob": () => books.upload({ requestBody: { data: new Blob(["a text"]) } }),
  "a web stream": () => upload(streamOf(new TextEncoder().encode("a text"))),
  "an async iterable": () => upload(text()),
  "a stream of 40 MiB": () => upload(many()),
  "a blob of 40 MiB": async () => upload(new Blob(Array.from({ length: 40 }, () => new Uint8Array(1024 * 1024)))),
  "in chunks": () => books.create({ media: { body: patternBytes(300 * 1024), resumable: true, chunkSize: granule } }),
  download: async () => (await books.exportMedia({ book: "b" })).text(),
  "a download in two parts": async () => (await books.exportMedia({ book: "b" }, { retry: { maxDelay: 1 } })).text(),
  "list, again": () => books.list({}, { retry: { maxDelay: 1 } }),
  batch: async () => {
    const batch = clientOf(url).batch();
    const calls = [batch.books.get({ book: "1" }), batch.books.get({ book: "2" })];
    await batch.send();
    return Promise.all(calls);
  },
  timeout: () => books.get({ book: "b" }, { timeout: 50, retry: false }),
  abort: () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 50);
    return books.get({ book: "b" }, { signal: controller.signal });
  },
  "two calls on this platform": () => {
    const { agent: userAgent, key } = JSON.parse(extra) as { readonly agent: string; readonly key: string };
    Object.defineProperty(globalThis, "navigator", { value: { userAgent } });
    const client = clientOf(url, { auth: ServiceAccountCredentials.fromJSON(key, { scopes: ["a"] }) });
    return Promise.all([client.books.list(), client.books.list()]);
  },
  applicationDefault: () => applicationDefault(),
  "a key file": () => ServiceAccountCredentials.fromFile("key.json"),
  "a key": async () => {
    const auth = ServiceAccountCredentials.fromJSON(extra, { scopes: ["a"] });
    return clientOf(url, { auth }).books.list();
  },
  "a dispatcher": () => optionsOf({ dispatcher: { dispatch: () => true } as unknown as Dispatcher }),
  "a certificate": () => optionsOf({ mtls: { cert: "c", key: "k" } }),
  undiciTransport: () => undiciTransport(),
  "a path": () => upload({ path: "/tmp/a" }),
  saveTo: async () => (await books.exportMedia({ book: "b" })).saveTo("/tmp/a"),
  "a subject token in a file": () => external({ file: "/token" }),
  "a subject token of a program": () => external({ executable: { command: "/program" } }),
  "a subject token in a certificate": () => external({ certificate: { use_default_certificate_config: true } }),
  "a consent": async () => {
    const request = await client.authorizationUrl({ scopes: ["a"] });
    const auth = await client.exchange(`?code=code-1&state=${request.state}`, request);
    await client.revoke(auth);
    return { challenge: new URL(request.url).searchParams.get("code_challenge"), scopes: auth.grantedScopes };
  },
  "a sign-in on this machine": () => client.authorizeOnLoopback({ scopes: ["a"] }),
  "a token store": () => fileTokenStore("tokens.json").read(),
  openBrowser: () => openBrowser(url),
  "fetchTransport, given": () => clientOf(url, { transport: fetchTransport() }).books.list(),
};

try {
  console.log(JSON.stringify({ value: await programs[name]?.() }));
} catch (error) {
  const { code, message } = error as DiscogenError; // only these two properties are read
  console.log(JSON.stringify({ code, message }));
}
