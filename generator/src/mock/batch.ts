/**
 * Batch requests: each part of a `multipart/mixed` request is one call, handled like a separate request
 * (https://cloud.google.com/storage/docs/batch).
 */
import { type IncomingHttpHeaders, STATUS_CODES } from "node:http";
import type { ApiModel } from "../model/types.js";
import { isUpload } from "./faults.js";
import { type HttpResponse, GoogleError } from "./google-error.js";
import { contentOf } from "./listener.js";
import { type Part, readParts } from "./media/multipart.js";
import { type HttpRequest, requestOf } from "./request.js";

/** Google's limit. */
const CALL_LIMIT = 1000;
const BOUNDARY = "batch_of_the_mock";

type Api = (call: HttpRequest) => Promise<HttpResponse>;

/** Returns the paths that accept batch requests for these APIs: `/batch`, `/batch/NAME/VERSION`, and the document's. */
export function batchPaths(models: readonly ApiModel[]): ReadonlySet<string> {
  const own = models.flatMap(({ batchPath, rootUrl, name, version }) => [
    `/batch/${name}/${version}`,
    ...(batchPath === undefined ? [] : [new URL(rootUrl).pathname + batchPath]),
  ]);
  return new Set(["/batch", ...own]);
}

/** @throws {GoogleError} 400 for a malformed batch request */
export async function respondToBatch(request: HttpRequest, api: Api): Promise<HttpResponse> {
  const parts = readParts(request.headers["content-type"], request.body, ["mixed"], malformed);
  if (parts.length === 0) throw malformed("it has no parts");
  if (parts.length > CALL_LIMIT) throw malformed(`it has more than ${CALL_LIMIT} parts`);
  const calls = parts.map((part) => ({ contentId: part.headers.get("content-id"), call: callOf(part, request) }));
  const responses: Buffer[] = [];
  for (const { contentId, call } of calls) responses.push(responsePart(contentId, await responseTo(call, api)));
  return {
    status: 200,
    body: undefined,
    bytes: Buffer.concat([...responses, Buffer.from(`--${BOUNDARY}--\r\n`)]),
    headers: { "content-type": `multipart/mixed; boundary=${BOUNDARY}` },
  };
}

/** Parses the request in a part. It inherits the outer headers, except `content-*` and those it sets itself. */
function callOf({ bytes }: Part, { headers: outer }: HttpRequest): HttpRequest {
  // Latin-1 keeps each byte of the body.
  const text = bytes.toString("latin1").replace(/^(\r?\n)+/, "");
  const [head, body] = split(text, /\r?\n\r?\n/);
  const [line = "", ...fields] = head.split(/\r?\n/);
  const [, verb, target] = /^([A-Z]+) ((?:https?:\/\/[^/\s]+)?\/\S*)(?: HTTP\/\d(?:\.\d)?)? *$/.exec(line) ?? [];
  if (verb === undefined) throw malformed(`a part has no request line: ${JSON.stringify(line.slice(0, 100))}`);
  const shared = Object.fromEntries(Object.entries(outer).filter(([name]) => !name.startsWith("content-")));
  // The end of a body without line breaks is that of the part. Clients add line breaks there.
  return requestOf(verb, target, { ...shared, ...headersOf(fields) }, Buffer.from(body.trimEnd(), "latin1"));
}

function split(text: string, separator: RegExp): readonly [before: string, after: string] {
  const found = separator.exec(text);
  if (found === null) return [text, ""];
  return [text.slice(0, found.index), text.slice(found.index + found[0].length)];
}

function headersOf(fields: readonly string[]): IncomingHttpHeaders {
  const pairs = fields.flatMap((field): [string, string][] => {
    const colon = field.indexOf(":");
    return colon < 1 ? [] : [[field.slice(0, colon).trim().toLowerCase(), field.slice(colon + 1).trim()]];
  });
  return Object.fromEntries(pairs);
}

/** Google refuses media in batches, so a part has an effect only if it is neither an upload nor a download. */
async function responseTo(call: HttpRequest, api: Api): Promise<HttpResponse> {
  const isMedia =
    isUpload(call.query) || call.query.get("alt") === "media" || /^\/(resumable\/)?upload\//.test(call.path);
  if (isMedia) return noMedia();
  try {
    const response = await api(call);
    return response.bytes === undefined ? response : noMedia();
  } catch (error) {
    if (error instanceof GoogleError) return error.response;
    throw error;
  }
}

function noMedia(): HttpResponse {
  const error = new GoogleError(400, "A batch cannot contain uploads or downloads. Send them as separate requests.");
  return error.response;
}

/** Returns a complete HTTP response in a part. Its Content-ID is that of the request, with the prefix `response-`. */
function responsePart(contentId: string | undefined, response: HttpResponse): Buffer {
  const { content = Buffer.alloc(0), headers } = contentOf(response);
  const { status } = response;
  const fields = { "content-length": String(content.length), ...headers };
  const head = [
    `--${BOUNDARY}`,
    "Content-Type: application/http",
    ...(contentId === undefined ? [] : [`Content-ID: ${contentId.replace(/^<?/, "$&response-")}`]),
    "",
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? "Unknown"}`,
    ...Object.entries(fields).map(([name, value]) => `${titleCase(name)}: ${value}`),
    "",
    "",
  ];
  return Buffer.concat([Buffer.from(head.join("\r\n")), content, Buffer.from("\r\n")]);
}

/** Parsers of some clients look up `Content-Type` and `Content-Length` in this spelling. */
function titleCase(name: string): string {
  return name.replaceAll(/(^|-)[a-z]/g, (letters) => letters.toUpperCase());
}

function malformed(why: string): GoogleError {
  return new GoogleError(400, `Failed to parse the batch request: ${why}.`, { reason: "badRequest" });
}
