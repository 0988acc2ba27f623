/** Requests with exactly the headers and bytes of a test, which `fetch` would change. */
import { request } from "node:http";
import { buffer } from "node:stream/consumers";
import { onTestFinished } from "vitest";
import { type Mock, startMock } from "../../../generator/src/mock/index.js";
import { archiveDocument } from "./archive.js";
import { modelOf } from "./support.js";

export interface Received {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly bytes: Buffer;
}

export type Send = (
  method: string,
  path: string,
  headers?: Readonly<Record<string, string>>,
  body?: Buffer | string,
) => Promise<Received>;

/** Starts an open mock of the API with files, until the end of the test, and returns a function that sends requests. */
export async function startArchive(): Promise<{ readonly mock: Mock; readonly send: Send }> {
  const mock = await startMock({ models: [modelOf(JSON.stringify(archiveDocument), "archive.json")], open: true });
  onTestFinished(() => mock.close());
  return { mock, send: (method, path, headers, body) => send(new URL(path, mock.url), method, headers, body) };
}

/** Without a length in the headers, a body is chunked. */
async function send(
  url: URL,
  method: string,
  headers: Readonly<Record<string, string>> = {},
  body: Buffer | string = "",
): Promise<Received> {
  const message = request(url, { method, headers });
  const response = new Promise<Received>((resolve, reject) => {
    message.once("error", reject).once("response", (incoming) => {
      buffer(incoming).then(
        (bytes) => resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, bytes }),
        reject,
      );
    });
  });
  message.end(body);
  return response;
}

export const jsonIn = ({ bytes }: Received): Record<string, unknown> =>
  JSON.parse(bytes.toString("utf8")) as Record<string, unknown>; // the mock returns objects
