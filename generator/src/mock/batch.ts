/** Batches: calls as the parts of one `multipart/mixed` request, each answered as it would be by itself. */
import type { IncomingHttpHeaders } from "node:http";
import type { ApiModel } from "../model/types.js";
import { type Answer, GoogleError } from "./google-error.js";
import { contentOf, type HttpRequest, requestOf } from "./listener.js";

/** As many as Google takes. */
const CALL_LIMIT = 1000;
const BOUNDARY = "batch_of_the_mock";

type Api = (call: HttpRequest) => Promise<Answer>;

/** Where batches of these APIs go. */
export function batchPaths(models: readonly ApiModel[]): ReadonlySet<string> {
  const own = models.flatMap(({ batchPath, rootUrl }) =>
    batchPath === undefined ? [] : new URL(rootUrl).pathname + batchPath,
  );
  return new Set(["/batch", ...own]);
}

/** @throws {GoogleError} for what is no batch */
export async function answerBatch(request: HttpRequest, answer: Api): Promise<Answer> {
  const parts = partsOf(request);
  if (parts.length === 0) throw malformed("it has no parts");
  if (parts.length > CALL_LIMIT) throw malformed(`it has more than ${CALL_LIMIT} parts`);
  const calls = parts.map((part) => callOf(part, request.headers));
  const answers: string[] = [];
  for (const { contentId, call } of calls) answers.push(answerText(contentId, await answerOf(call, answer)));
  return {
    status: 200,
    body: undefined,
    bytes: Buffer.from([...answers, `--${BOUNDARY}--\r\n`].join("")),
    headers: { "content-type": `multipart/mixed; boundary=${BOUNDARY}` },
  };
}

/** What is between the boundaries, with LF for line ends: JSON does not mind. */
function partsOf({ headers, body }: HttpRequest): readonly string[] {
  const type = /^multipart\/mixed\s*;.*\bboundary=(?:"([^"]+)"|([^\s;"]+))/i.exec(headers["content-type"] ?? "");
  const boundary = type?.[1] ?? type?.[2];
  if (boundary === undefined) throw malformed("it is not multipart/mixed with a boundary");
  const [, ...pieces] = `\n${body.toString("utf8").replaceAll("\r\n", "\n")}`.split(`\n--${boundary}`);
  const end = pieces.findIndex((piece) => piece.startsWith("--"));
  if (end === -1) throw malformed("its last part is not closed");
  return pieces.slice(0, end).map((piece) => piece.slice(piece.indexOf("\n") + 1));
}

/** The request in a part. Fields of the whole hold for it, but for those about content and those it has itself. */
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

async function answerOf(call: HttpRequest, answer: Api): Promise<Answer> {
  try {
    return await answer(call);
  } catch (error) {
    if (error instanceof GoogleError) return error.answer;
    throw error;
  }
}

function answerText(contentId: string | undefined, answer: Answer): string {
  const { content, headers } = contentOf(answer);
  const lines = [
    `--${BOUNDARY}`,
    "Content-Type: application/http",
    ...(contentId === undefined ? [] : [`Content-ID: ${contentId.replace(/^<?/, "<response-")}`]),
    "",
    `HTTP/1.1 ${answer.status}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    "",
    content?.toString() ?? "",
  ];
  return `${lines.join("\r\n")}\r\n`;
}

function malformed(why: string): GoogleError {
  return new GoogleError(400, `Failed to parse the batch request: ${why}.`, { reason: "badRequest" });
}
