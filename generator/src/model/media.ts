/** Bodies that consist of bytes: HttpBody, media upload, and media download. */
import type { DiscoveryMediaUpload, DiscoveryMethod, DiscoverySchema } from "../discovery/types.js";
import type { MediaUploadModel } from "./types.js";

/** Returns whether a schema is google.api.HttpBody, under any of its names. Such bodies are raw bytes, not JSON. */
export function isHttpBody(id: string | undefined, schemas: ReadonlyMap<string, DiscoverySchema>): boolean {
  if (id === undefined || !id.endsWith("HttpBody")) return false;
  const properties = schemas.get(id)?.properties;
  return properties?.has("contentType") === true && properties.has("data");
}

/** Returns the upload that the method takes, if any. */
export function mediaUploadOf(upload: DiscoveryMediaUpload | undefined): MediaUploadModel | undefined {
  if (upload === undefined) return undefined;
  // As in Google's clients: no server supports the path that begins with /resumable.
  const path = upload.simple?.path ?? upload.resumablePath?.replace(/^\/?resumable\//, "/");
  if (path === undefined) return undefined;
  return {
    accept: upload.accept,
    maxSize: upload.maxSize === undefined ? undefined : bytesOf(upload.maxSize),
    path: path.startsWith("/") ? path : `/${path}`,
    simple: upload.simple !== undefined,
    multipart: upload.simple?.multipart ?? false,
    resumable: upload.resumable,
  };
}

/** Returns whether the method has a `…Media` twin. Old documents set the flag on uploads, too, which return JSON. */
export function hasMediaDownload(method: DiscoveryMethod): boolean {
  return method.supportsMediaDownload && method.mediaUpload === undefined;
}

/** Parses sizes such as `"10GB"` or `"5497558138880"`. Returns bytes, or undefined for any other text. */
export function bytesOf(size: string): number | undefined {
  const match = /^(\d+)\s*([KMGTP]?)B?$/i.exec(size.trim());
  if (match?.[1] === undefined) return undefined;
  const power = " KMGTP".indexOf((match[2] ?? "").toUpperCase() || " ");
  return Number(match[1]) * 1024 ** power;
}
