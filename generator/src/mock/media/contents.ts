/** The media content of resources, by their canonical path. */
import type { PropertyModel } from "../../model/types.js";
import type { JsonObject } from "../json.js";
import { withoutCustomVerb } from "../routes.js";
import { crc32c, md5, md5Hex, sha1Hex, sha256Hex } from "./checksums.js";

export interface UploadedContent {
  readonly bytes: Buffer;
  /** Media type. */
  readonly type: string;
}

export interface Content extends UploadedContent {
  /** Changes with each upload. */
  readonly generation: string;
}

export interface Contents {
  get(path: string): Content | undefined;
  set(path: string, content: UploadedContent): Content;
  delete(path: string): void;
  /** Copies content to another path, as a new generation. Returns it, or `undefined` if that path has no content. */
  copy(from: string, to: string): Content | undefined;
  /** Moves content to another path. It keeps its generation. */
  move(from: string, to: string): void;
  /** Returns the paths of all content. */
  paths(): readonly string[];
}

export function createContents(): Contents {
  const all = new Map<string, Content>();
  let last = 0;
  const set = (path: string, { bytes, type }: UploadedContent): Content => {
    last += 1;
    const content = { bytes, type, generation: String(last) };
    all.set(path, content);
    return content;
  };
  return {
    get: (path) => all.get(path),
    set,
    delete: (path) => void all.delete(path),
    paths: () => [...all.keys()],
    copy: (from, to) => {
      const content = all.get(from);
      return content === undefined ? undefined : set(to, content);
    },
    move: (from, to) => {
      const content = all.get(from);
      all.delete(from);
      if (content !== undefined) all.set(to, content);
    },
  };
}

/**
 * Returns the content for a download path: that of the path itself, or of its parent resource for
 * `files/{id}/export` and `{name}:download`.
 */
export function contentAt(path: string, contents: Contents): Content | undefined {
  for (const owner of ownersOf(path)) {
    const content = contents.get(owner);
    if (content !== undefined) return content;
  }
  return undefined;
}

/** Returns the paths of resources that a download path may belong to, the most likely first. */
export function ownersOf(path: string): readonly string[] {
  const withoutVerb = withoutCustomVerb(path);
  return [path, withoutVerb, withoutVerb.slice(0, withoutVerb.lastIndexOf("/"))];
}

/** Names of content properties in Google's APIs. */
const CONTENT_PROPERTIES: Readonly<Record<string, (content: Content) => string>> = {
  contentType: ({ type }) => type,
  crc32c: ({ bytes }) => crc32c(bytes),
  fileSize: ({ bytes }) => String(bytes.length),
  generation: ({ generation }) => generation,
  md5Checksum: ({ bytes }) => md5Hex(bytes),
  md5Hash: ({ bytes }) => md5(bytes),
  mimeType: ({ type }) => type,
  sha1Checksum: ({ bytes }) => sha1Hex(bytes),
  sha256Checksum: ({ bytes }) => sha256Hex(bytes),
  size: ({ bytes }) => String(bytes.length),
};

/** Returns the values of those properties that describe the content: size, checksums, media type. */
export function contentProperties(content: Content, properties: readonly PropertyModel[]): JsonObject {
  const known = properties.filter(
    ({ name, type }) => Object.hasOwn(CONTENT_PROPERTIES, name) && type.kind === "string",
  );
  return Object.fromEntries(known.map(({ name }) => [name, CONTENT_PROPERTIES[name]?.(content) ?? ""]));
}

/** Returns an item with the facts of its content, whatever a client wrote. The media type is the client's choice. */
export function withContentFacts(
  item: JsonObject,
  path: string,
  contents: Contents,
  properties: readonly PropertyModel[],
): JsonObject {
  const content = contents.get(path);
  if (content === undefined) return item;
  const { contentType: _contentType, mimeType: _mimeType, ...facts } = contentProperties(content, properties);
  return { ...item, ...facts };
}
