/**
 * One candidate: makes one transfer and sends its cost. Arguments: the candidate, the root URL, the size in bytes, the
 * file to read or write, and a small file for a warm-up transfer, which loads and compiles code.
 */
import { closeSync, createReadStream, openSync, writeSync } from "node:fs";
import { open, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { ApiClient, call, download, type MediaResponse, upload } from "@discogen/runtime";
import { AnonymousCredentials } from "@discogen/runtime/auth";
import { peerPath } from "./peers.js";

const [which = "", rootUrl = "", bytes = "0", largeFile = "", smallFile = ""] = process.argv.slice(2);
const chunkSize = 8 * 1024 * 1024;
const require = createRequire(import.meta.url);

interface Transfer {
  /** In bytes. */
  readonly size: number;
  /** The file to read or to write. */
  readonly file: string;
}

/** Two methods as in our generated client of Cloud Storage. */
const get = { id: "storage.objects.get", httpMethod: "GET", path: "b/{bucket}/o/{object}", response: "json" } as const;
const insert = {
  id: "storage.objects.insert",
  httpMethod: "POST",
  path: "b/{bucket}/o",
  request: "json",
  response: "json",
  upload: { path: "/upload/storage/v1/b/{bucket}/o", multipart: true, resumable: true },
} as const;

function client(): ApiClient {
  const api = { descriptors: 2, id: "storage:v1", rootUrl, servicePath: "storage/v1/", scopes: [] } as const;
  return new ApiClient(api, { auth: new AnonymousCredentials() });
}

/** Downloads over undici's dispatcher, and passes each chunk to a function. */
async function bareDownload(size: number, onChunk: (chunk: Buffer) => void): Promise<void> {
  const { Agent } = await import("undici");
  const agent = new Agent();
  let received = 0;
  await new Promise<void>((resolve, reject) => {
    agent.dispatch(
      { origin: rootUrl.slice(0, -1), path: `/storage/v1/b/a/o/b?alt=media&size=${size}`, method: "GET" },
      {
        onRequestStart: () => undefined,
        onResponseStart: () => undefined,
        onResponseData: (_controller, chunk) => {
          received += chunk.length;
          onChunk(chunk);
        },
        onResponseEnd: () => resolve(),
        onResponseError: (_controller, error) => reject(error),
      },
    );
  });
  if (received !== size) throw new Error(`${received} bytes arrived`);
}

/** Uploads 8 MiB at a time from one buffer, over undici's dispatcher. */
async function bareUpload({ file, size }: Transfer): Promise<void> {
  const { request } = await import("undici");
  const input = await open(file);
  const buffer = Buffer.allocUnsafeSlow(chunkSize);
  for (let start = 0; start < size; start += chunkSize) {
    const { bytesRead } = await input.read(buffer, 0, chunkSize, start);
    const headers = { "content-range": `bytes ${start}-${start + bytesRead - 1}/${size}` };
    const { body } = await request(`${rootUrl}session`, {
      method: "PUT",
      headers,
      body: buffer.subarray(0, bytesRead),
    });
    await body.dump();
  }
  await input.close();
}

const candidates: { readonly [name: string]: (transfer: Transfer) => Promise<unknown> } = {
  "counted download": ({ size }) => bareDownload(size, () => undefined),
  "bare download": async ({ file, size }) => {
    const output = openSync(file, "w");
    await bareDownload(size, (chunk) => void writeSync(output, chunk));
    closeSync(output);
  },
  "bare upload": bareUpload,
  "our download": async ({ file, size }) => {
    const media: MediaResponse = await download(client(), get, { bucket: "a", object: "b", size }, undefined);
    await media.saveTo(file);
    if ((await stat(file)).size !== size) throw new Error("the file is not complete");
  },
  "our upload": async ({ file }) =>
    call(
      client(),
      insert,
      { bucket: "a", media: { body: { path: file }, chunkSize, resumable: true } },
      undefined,
      upload,
    ),
  "@googleapis/storage upload": async ({ file }) => {
    const { auth, storage } = require(peerPath("@googleapis/storage", "build/index.js"));
    const credentials = new auth.OAuth2();
    credentials.setCredentials({ access_token: "ya29.benchmark" });
    const { objects } = storage({ version: "v1", auth: credentials });
    // Uploads ignore the client's rootUrl.
    await objects.insert({ bucket: "a", name: "b", media: { body: createReadStream(file) } }, { rootUrl });
  },
  "@google-cloud/storage upload": async ({ file }) => {
    const { Storage } = require(peerPath("@google-cloud/storage", "build/cjs/src/index.js"));
    const storage = new Storage({ apiEndpoint: rootUrl.slice(0, -1), projectId: "p" });
    await storage.bucket("a").upload(file, { resumable: true, validation: false });
  },
};

const candidate = candidates[which];
if (candidate === undefined) throw new Error(`unknown candidate: ${which}`);
await candidate({ size: 1_000_000, file: smallFile });
const start = performance.now();
await candidate({ size: Number(bytes), file: largeFile });
const time = performance.now() - start;
const cost = { time, memory: process.resourceUsage().maxRSS / 1024 };
// Open connections would keep the process alive.
process.send?.(cost, () => process.exit());
