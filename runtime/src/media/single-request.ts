/** Uploads content in one request: alone (`uploadType=media`), or after its metadata (`uploadType=multipart`, RFC 2387). */
import { type Sent, send } from "../call/send.js";
import { uuid } from "../platform/bytes.js";
import type { EncodedBody } from "../request/body.js";
import type { HeaderRecord } from "../request/headers.js";
import { markInMemory } from "../request/in-memory.js";
import { type PreparedUpload, withUploadType } from "./prepared-upload.js";
import { chunkSize } from "./source.js";

export async function sendInOneRequest(upload: PreparedUpload): Promise<Sent> {
  const { call, media, source } = upload;
  const { built } = call;
  const metadata = built.body;
  /** Errors of the content or of `onProgress`. They end the connection, but are not connection errors. */
  const thrown: unknown[] = [];
  const content = { [Symbol.asyncIterator]: () => chunksOf(upload, thrown) };
  const { body, length } = metadata === undefined ? alone(upload, content) : afterMetadata(metadata, upload, content);
  if (source.isInMemory && typeof body.data === "object" && !(body.data instanceof Uint8Array)) markInMemory(body.data);
  const { "content-length": _, ...fields } = built.headers;
  const headers: HeaderRecord = { ...fields, "content-type": body.contentType };
  if (length !== undefined) headers["content-length"] = String(length);
  const path = withUploadType(built.path, metadata === undefined ? "media" : "multipart");
  const sent = await send({ ...call, built: { path, headers, body } }).catch((error: unknown) => {
    throw thrown.length > 0 ? thrown[0] : error;
  });
  media.onProgress?.({ sent: source.size ?? 0, total: source.size, session: undefined });
  return sent;
}

interface UploadBody {
  readonly body: EncodedBody;
  /** In bytes, if it is known. */
  readonly length: number | undefined;
}

function alone({ mimeType, source }: PreparedUpload, data: AsyncIterable<Uint8Array>): UploadBody {
  return { body: { data, contentType: mimeType, replayable: source.replayable }, length: source.size };
}

/** Metadata first, then content. The boundary is random, so that neither contains it. */
function afterMetadata(
  metadata: EncodedBody,
  { mimeType, source }: PreparedUpload,
  content: AsyncIterable<Uint8Array>,
): UploadBody {
  const boundary = uuid();
  const encoder = new TextEncoder();
  const head = encoder.encode(
    `--${boundary}\r\ncontent-type: application/json; charset=UTF-8\r\n\r\n${String(metadata.data)}\r\n` +
      `--${boundary}\r\ncontent-type: ${mimeType}\r\n\r\n`,
  );
  const tail = encoder.encode(`\r\n--${boundary}--\r\n`);
  const data = {
    async *[Symbol.asyncIterator]() {
      yield head;
      yield* content;
      yield tail;
    },
  };
  // RFC 2387 §3.1 requires the type of the first part.
  const contentType = `multipart/related; type="application/json"; boundary=${boundary}`;
  return {
    body: { data, contentType, replayable: source.replayable },
    length: source.size === undefined ? undefined : head.length + source.size + tail.length,
  };
}

async function* chunksOf(
  { media: { onProgress }, source }: PreparedUpload,
  thrown: unknown[],
): AsyncGenerator<Uint8Array, void, undefined> {
  let sent = 0;
  try {
    for (;;) {
      // The connection may still use a chunk after it has taken it, so each chunk has its own memory.
      const chunk = await (source.next === undefined ? source.read(sent, chunkSize) : source.next());
      if (chunk.length > 0) yield chunk;
      sent += chunk.length;
      if (sent === source.size) return;
      onProgress?.({ sent, total: source.size, session: undefined });
    }
  } catch (error) {
    thrown.push(error);
    throw error;
  }
}
