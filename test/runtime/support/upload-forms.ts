/** The forms in which a call sends content, for tests that apply to all of them. */
import { type CallOptions } from "../../../runtime/src/index.js";
import type { LibraryClient } from "./library.js";

export interface UploadForm {
  readonly name: string;
  /** The parameter with the content. */
  readonly parameter: "media.body" | "requestBody.data";
  send(
    client: LibraryClient,
    body: unknown,
    options?: CallOptions,
    rest?: { readonly [name: string]: unknown },
  ): PromiseLike<unknown>;
}

export const inParts: UploadForm = {
  name: "in parts",
  parameter: "media.body",
  send: ({ books }, body, options, rest) =>
    books.create(
      { ...rest, media: { body, resumable: true, chunkSize: 256 * 1024, ...(rest?.["media"] as object) } },
      options,
    ),
};

const alone: UploadForm = {
  name: "in one request",
  parameter: "media.body",
  send: ({ books }, body, options, rest) =>
    books.create({ ...rest, media: { body, resumable: false, ...(rest?.["media"] as object) } }, options),
};

const multipart: UploadForm = {
  name: "after its metadata",
  parameter: "media.body",
  send: ({ books }, body, options, rest) =>
    books.create(
      { requestBody: { name: "a" }, ...rest, media: { body, resumable: false, ...(rest?.["media"] as object) } },
      options,
    ),
};

const raw: UploadForm = {
  name: "as a raw body",
  parameter: "requestBody.data",
  send: ({ books }, data, options, rest) => books.upload({ ...rest, requestBody: { data } }, options),
};

/** With `media`, whose members `rest.media` adds to. */
export const mediaForms: readonly UploadForm[] = [inParts, alone, multipart];
export const uploadForms: readonly UploadForm[] = [...mediaForms, raw];
