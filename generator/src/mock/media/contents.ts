/** The media content of resources, by their canonical path. */
import { createHash } from "node:crypto";
import type { PropertyModel } from "../../model/types.js";
import type { JsonObject } from "../json.js";
import { withoutCustomVerb } from "../routes.js";
import { crc32c } from "./crc32c.js";

export interface Content {
  readonly bytes: Buffer;
  /** Media type. */
  readonly type: string;
  /** Changes with each upload. */
  readonly generation: string;
}

export interface Contents {
  get(path: string): Content | undefined;
  set(path: string, content: Omit<Content, "generation">): Content;
  delete(path: string): void;
  /** Moves the content to another path. It keeps its generation. */
  move(from: string, to: string): void;
}

export function createContents(): Contents {
  const all = new Map<string, Content>();
  let last = 0;
  return {
    get: (path) => all.get(path),
    set: (path, { bytes, type }) => {
      last += 1;
      const content = { bytes, type, generation: String(last) };
      all.set(path, content);
      return content;
    },
    delete: (path) => void all.delete(path),
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
  const withoutVerb = withoutCustomVerb(path);
  const above = withoutVerb.slice(0, withoutVerb.lastIndexOf("/"));
  return contents.get(path) ?? contents.get(withoutVerb) ?? contents.get(above);
}

const hash = (name: string, encoding: "base64" | "hex") => (bytes: Buffer) =>
  createHash(name).update(bytes).digest(encoding);

export const md5 = hash("md5", "base64");

/** Names of content properties in Google's APIs. */
const CONTENT_PROPERTIES: Readonly<Record<string, (content: Content) => string>> = {
  contentType: ({ type }) => type,
  crc32c: ({ bytes }) => crc32c(bytes),
  generation: ({ generation }) => generation,
  md5Checksum: ({ bytes }) => hash("md5", "hex")(bytes),
  md5Hash: ({ bytes }) => md5(bytes),
  mimeType: ({ type }) => type,
  sha1Checksum: ({ bytes }) => hash("sha1", "hex")(bytes),
  sha256Checksum: ({ bytes }) => hash("sha256", "hex")(bytes),
  size: ({ bytes }) => String(bytes.length),
};

/** Returns the values of those properties that describe the content: size, checksums, media type. */
export function contentProperties(content: Content, properties: readonly PropertyModel[]): JsonObject {
  const known = properties.filter(
    ({ name, type }) => Object.hasOwn(CONTENT_PROPERTIES, name) && type.kind === "string",
  );
  return Object.fromEntries(known.map(({ name }) => [name, CONTENT_PROPERTIES[name]?.(content) ?? ""]));
}
