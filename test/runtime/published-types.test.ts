/** The published types need no other types: not those of Node, undici or a browser. */
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it, onTestFinished } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const tsc = join(root, "node_modules/typescript/bin/tsc");
const run = promisify(execFile);

const program = `
import { type AbortError, type ApiDescriptor, ApiClient, batch, type BatchOptions, call, cancelUpload, type CallOptions, type ClientOptions, type Credentials, download, type DownloadOptions, type Fetch, fetchTransport, type MediaUpload, type MethodDescriptor, paged, type Transport, upload, UploadError } from "@discogen/runtime";
import { applicationDefault, type AuthorizedUserCredentials, ImpersonatedCredentials, type MetadataCredentials, ServiceAccountCredentials } from "@discogen/runtime/auth";

const api: ApiDescriptor = { descriptors: 2, id: "a:v1", rootUrl: "https://a/", servicePath: "", scopes: [] };
const method: MethodDescriptor = { id: "a.b", httpMethod: "GET", path: "b" };
const auth: Credentials = await ServiceAccountCredentials.fromFile("service.json", { scopes: ["s"], subject: undefined });
const acting: AuthorizedUserCredentials | MetadataCredentials | ImpersonatedCredentials = new ImpersonatedCredentials({ sourceCredentials: await applicationDefault(), targetPrincipal: "a@b" });
const idToken: string = await acting.getIdToken("https://a");
const transport: Transport = { send: (request) => Promise.resolve({ status: request.timeout, headers: {}, body: request.path }) };
const options: ClientOptions = { auth, transport, timeout: undefined, retry: { attempts: undefined }, headers: { a: "b" } };
const mtls = { cert: new Uint8Array(), key: "k", passphrase: undefined };
const elsewhere: ClientOptions = { region: "us-central1", universeDomain: "googleapis.com", mtls: Math.random() > 0.5 ? mtls : false };
const fetch: Fetch = (url) => Promise.resolve({ status: url.length, headers: { forEach: () => undefined }, body: null });
const own: ClientOptions = { transport: fetchTransport({ fetch }) };
const perCall: CallOptions = { signal: undefined, retry: false };
const client = new ApiClient(api, options);
const list = paged<{ readonly items?: string[] }, string>(client, method, undefined, perCall);
for await (const item of list) item.trim();
const { data, response } = await list.withResponse();
const contentType: string | null = response.headers.get("content-type");
const ranged: DownloadOptions = { range: { start: -9 }, onProgress: ({ received }) => received.toFixed() };
const media = await download(client, method, {}, ranged);
for await (const chunk of media.body) chunk.byteLength.toFixed();
const sending: BatchOptions = { size: 50, signal: undefined };
const outcomes = await batch(client).send(sending);
const nothing: Promise<void> = call<void>(client, method, {}, undefined);
const content: MediaUpload = { body: { path: "a" }, onProgress: ({ session }) => session?.trim() };
const uploaded = call<{ readonly id?: string }>(client, method, { media: content }, perCall, upload);
uploaded.catch((error: unknown) => (error instanceof UploadError ? cancelUpload(client, error.session) : undefined));
await media.saveTo("a");
export type { AbortError };
export { contentType, data, elsewhere, idToken, nothing, outcomes, own };
`;

it("a program without other types has no type errors, including libraries", async () => {
  const folder = await mkdtemp(join(tmpdir(), "discogen-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const installed = join(folder, "node_modules/@discogen/runtime");
  await mkdir(installed, { recursive: true });
  await cp(join(root, "runtime/package.json"), join(installed, "package.json"));
  await run(process.execPath, [
    tsc,
    "-p",
    join(root, "runtime"),
    "--outDir",
    join(installed, "dist/esm"),
    "--tsBuildInfoFile",
    join(folder, "buildinfo"),
  ]);
  // The build gives this entry another path than its source has.
  await writeFile(join(installed, "dist/esm/auth/index.d.ts"), 'export * from "../auth.js";\n');
  await writeFile(join(folder, "package.json"), '{ "type": "module" }');
  await writeFile(join(folder, "program.ts"), program);
  const compilerOptions = {
    noEmit: true,
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    target: "es2023",
    lib: ["es2023"],
    module: "nodenext",
    types: [],
  };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["program.ts"] }));
  const { stdout } = await run(process.execPath, [tsc, "-p", folder]).catch((error: { stdout: string }) => error);
  expect(stdout).toBe("");
});
