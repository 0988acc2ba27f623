/** Uploads in every form, downloads, and both after something broke. */
import { InvalidRequestError, UploadError } from "@discogen/runtime";
import { equal, equalBytes, rejection } from "./assert.ts";
import { bucket, storage } from "./clients.ts";
import { type Check, type Checks, type Platform, tell } from "./platform.ts";

const chunkSize = 262_144;
const text = "Grüße, 世界. ".repeat(40_000);
/** More than two chunks. */
const content = new TextEncoder().encode(text);

type Body = NonNullable<Parameters<ReturnType<typeof storage>["objects"]["insert"]>[0]["media"]>["body"];

function* chunks(): Generator<Uint8Array> {
  for (let at = 0; at < content.length; at += 100_000) yield content.subarray(at, at + 100_000);
}

async function* laterChunks(): AsyncGenerator<Uint8Array> {
  yield* chunks();
}

function webStream(): ReadableStream<Uint8Array> {
  const rest = chunks();
  return new ReadableStream({
    pull: (controller) => {
      const { done, value } = rest.next();
      if (done === true) controller.close();
      else controller.enqueue(value);
    },
  });
}

const forms: Readonly<Record<string, () => Body>> = {
  "a string": () => text,
  bytes: () => content,
  "an ArrayBuffer": () => content.slice().buffer,
  "a Blob": () => new Blob([content.slice()], { type: "text/plain" }),
  "a web stream": webStream,
  "an async iterable": laterChunks,
};

/** How content travels; a body of metadata makes one request a multipart one. */
const protocols = {
  media: { resumable: false },
  multipart: { resumable: false, requestBody: { metadata: { made: "here" } } },
  resumable: { resumable: true, chunkSize, requestBody: { metadata: { made: "here" } } },
} as const;

/** Uploads by every protocol, and downloads what arrived. */
async function uploadAndCompare(platform: Platform, name: string, make: () => Body): Promise<void> {
  const { objects } = storage(platform);
  for (const [protocol, { requestBody, ...media }] of Object.entries<Protocol>(protocols)) {
    const object = `${name} by ${protocol}`;
    const stored = await objects.insert({
      bucket,
      name: object,
      ...(requestBody !== undefined && { requestBody }),
      media: { body: make(), ...media },
    });
    equal([protocol, stored.size], [protocol, String(content.length)]);
    const download = await objects.getMedia({ bucket, object });
    equalBytes(await download.bytes(), content);
  }
}

interface Protocol {
  readonly resumable: boolean;
  readonly chunkSize?: number;
  readonly requestBody?: { readonly metadata: Record<string, string> };
}

async function stored(platform: Platform, object: string): Promise<Awaited<ReturnType<typeof download>>> {
  await storage(platform).objects.insert({ bucket, name: object, media: { body: content } });
  return download(platform, object);
}

function download(platform: Platform, object: string) {
  return storage(platform).objects.getMedia({ bucket, object });
}

export const uploads: Checks = Object.fromEntries(
  Object.entries(forms).map(([name, make]): [string, Check] => [
    name,
    (platform) => uploadAndCompare(platform, name, make),
  ]),
);

/** More than is collected where streams cannot be sent. */
const longSize = 33 * 1_024 * 1_024;

async function* longStream(): AsyncGenerator<Uint8Array> {
  const chunk = new Uint8Array(1_024 * 1_024);
  for (let sent = 0; sent < longSize; sent += chunk.length) yield chunk;
}

/** Pages, and what poses as one. */
function isBrowser(): boolean {
  return globalThis.navigator?.userAgent.startsWith("Mozilla/") === true;
}

export const longStreams: Checks = {
  "33 MiB in one request": async (platform) => {
    const media = { body: longStream(), resumable: false };
    const upload = storage(platform).objects.insert({ bucket, name: "long", media });
    if (isBrowser()) {
      await rejection(upload, InvalidRequestError, { code: "INVALID_REQUEST", message: /32 MiB.*cannot send streams/ });
      return "not possible";
    }
    equal((await upload).size, String(longSize));
    return undefined;
  },
};

export const nodeStreams: Checks = {
  "a stream of Node": async (platform) => {
    const { nodeStream } = platform;
    if (nodeStream === undefined) return "skipped";
    await uploadAndCompare(platform, "Node stream", () => nodeStream(chunks()));
    return undefined;
  },
};

export const files: Checks = {
  "saveTo and { path }": async (platform) => {
    const { folder = "" } = platform.input;
    const path = `${folder}/content`;
    const media = await stored(platform, "saved");
    if (folder === "") {
      const options = { code: "INVALID_REQUEST", message: /this platform has no files\./ };
      await rejection(media.saveTo(path), InvalidRequestError, options);
      const upload = storage(platform).objects.insert({ bucket, name: "file", media: { body: { path } } });
      await rejection(upload, InvalidRequestError, options);
      return "not possible";
    }
    await media.saveTo(path);
    await uploadAndCompare(platform, "file", () => ({ path }));
    return undefined;
  },
};

export const downloads: Checks = {
  "as bytes": async (platform) => equalBytes(await (await stored(platform, "bytes")).bytes(), content),
  "as text": async (platform) => equal((await (await stored(platform, "text")).text()) === text, true),
  "as chunks": async (platform) => {
    let received = 0;
    for await (const chunk of (await stored(platform, "chunks")).body) received += chunk.length;
    equal(received, content.length);
  },
  "of a range": async (platform) => {
    await stored(platform, "range");
    const range = { start: 7, end: 1_000 };
    const part = await storage(platform).objects.getMedia({ bucket, object: "range" }, { range });
    equal(part.status, 206);
    equalBytes(await part.bytes(), content.subarray(7, 1_001));
  },
};

export const resumption: Checks = {
  "an upload whose chunk fails": async (platform) => {
    await tell(platform, "faults", { on: "upload", after: 2, status: 503 });
    const media = { body: content, resumable: true, chunkSize };
    const { size } = await storage(platform).objects.insert({ bucket, name: "retried", media });
    equal(size, String(content.length));
  },
  "an upload whose connection breaks": async (platform) => {
    await tell(platform, "faults", { on: "upload", after: 2, cutAfter: 50_000 });
    const media = { body: content, resumable: true, chunkSize };
    await storage(platform).objects.insert({ bucket, name: "cut", media });
    equalBytes(await (await download(platform, "cut")).bytes(), content);
  },
  "an upload from its session": async (platform) => {
    const { objects } = storage(platform);
    await tell(platform, "faults", { on: "upload", after: 2, status: 503 });
    const upload = { bucket, name: "resumed", media: { body: content, resumable: true, chunkSize } };
    const { session } = await rejection(objects.insert(upload, { retry: false }), UploadError, {
      code: "UPLOAD_FAILED",
    });
    const resumed = await objects.insert({ ...upload, media: { ...upload.media, session } });
    equal(resumed.size, String(content.length));
    equalBytes(await (await download(platform, "resumed")).bytes(), content);
  },
  "a download whose connection breaks": async (platform) => {
    await storage(platform).objects.insert({ bucket, name: "broken", media: { body: content } });
    await tell(platform, "faults", { on: "download", cutAfter: 200_000 });
    equalBytes(await (await download(platform, "broken")).bytes(), content);
  },
};
