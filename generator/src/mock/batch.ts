/** Batch requests: each part of a `multipart/mixed` request is one call, handled like a separate request. */
import type { IncomingHttpHeaders } from "node:http";
import type { ApiModel } from "../model/types.js";
import { type HttpResponse, GoogleError } from "./google-error.js";
import { contentOf, type HttpRequest, requestOf } from "./listener.js";

/** Google's limit. */
const CALL_LIMIT = 1000;
const BOUNDARY = "batch_of_the_mock";

type Api = (call: HttpRequest) => Promise<HttpResponse>;

/** Returns the paths that accept batch requests for these APIs. */
export function batchPaths(models: readonly ApiModel[]): ReadonlySet<string> {
  const own = models.flatMap(({ batchPath, rootUrl }) =>
    batchPath === undefined ? [] : new URL(rootUrl).pathname + batchPath,
  );
  return new Set(["/batch", ...own]);
}

/** @throws {GoogleError} 400 for a malformed batch request */
export async function respondToBatch(request: HttpRequest, api: Api): Promise<HttpResponse> {
  const parts = partsOf(request);
  if (parts.length === 0) throw malformed("it has no parts");
  if (parts.length > CALL_LIMIT) throw malformed(`it has more than ${CALL_LIMIT} parts`);
  const calls = parts.map((part) => callOf(part, request.headers));
  const responses: string[] = [];
  for (const { contentId, call } of calls) responses.push(responseText(contentId, await responseTo(call, api)));
  return {
    status: 200,
    body: undefined,
    bytes: Buffer.from([...responses, `--${BOUNDARY}--\r\n`].join("")),
    headers: { "content-type": `multipart/mixed; boundary=${BOUNDARY}` },
  };
}

/** Returns the text between the boundaries. Line ends become LF, which JSON allows. */
function partsOf({ headers, body }: HttpRequest): readonly string[] {
  const type = /^multipart\/mixed\s*;.*\bboundary=(?:"([^"]+)"|([^\s;"]+))/i.exec(headers["content-type"] ?? "");
  const boundary = type?.[1] ?? type?.[2];
  if (boundary === undefined) throw malformed("it is not multipart/mixed with a boundary");
  const [, ...sections] = `\n${body.toString("utf8").replaceAll("\r\n", "\n")}`.split(`\n--${boundary}`);
  const end = sections.findIndex((section) => section.startsWith("--"));
  if (end === -1) throw malformed("its last part is not closed");
  return sections.slice(0, end).map((section) => section.slice(section.indexOf("\n") + 1));
}

/** Parses the request in a part. It inherits the outer headers, except `content-*` and those it sets itself. */
function callOf(
  part: string,
  outer: IncomingHttpHeaders,
): { readonly contentId: string | undefined; readonly call: HttpRequest } {
  const [partHead, inner] = split(part, "\n\n");
  const [head, body] = split(inner, "\n\n");
  const [line, fields] = split(head, "\n");
  const [, verb, target] = /^([A-Z]+) (\/\S*) HTTP\/\d(?:\.\d)?$/.exec(line) ?? [];
  if (verb === undefined) throw malformed(`a part has no request line: ${JSON.stringify(line.slice(0, 100))}`);
  const shared = Object.fromEntries(Object.entries(outer).filter(([name]) => !name.startsWith("content-")));
  const headers = { ...shared, ...headersOf(fields) };
  const call = requestOf(verb, target, headers, Buffer.from(body.trimEnd()));
  return { contentId: headersOf(partHead)["content-id"], call };
}

function split(text: string, separator: string): readonly [before: string, after: string] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, ""] : [text.slice(0, at), text.slice(at + separator.length)];
}

function headersOf(text: string): Record<string, string> {
  const fields = text.split("\n").filter((line) => line.includes(":"));
  return Object.fromEntries(
    fields.map((line) => {
      const [name, value] = split(line, ":");
      return [name.toLowerCase(), value.trim()];
    }),
  );
}

async function responseTo(call: HttpRequest, api: Api): Promise<HttpResponse> {
  try {
    return await api(call);
  } catch (error) {
    if (error instanceof GoogleError) return error.response;
    throw error;
  }
}

function responseText(contentId: string | undefined, response: HttpResponse): string {
  const { content, headers } = contentOf(response);
  const lines = [
    `--${BOUNDARY}`,
    "Content-Type: application/http",
    ...(contentId === undefined ? [] : [`Content-ID: ${contentId.replace(/^<?/, "<response-")}`]),
    "",
    `HTTP/1.1 ${response.status}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    "",
    content?.toString() ?? "",
  ];
  return `${lines.join("\r\n")}\r\n`;
}

function malformed(why: string): GoogleError {
  return new GoogleError(400, `Failed to parse the batch request: ${why}.`, { reason: "badRequest" });
}
