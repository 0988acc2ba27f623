/** Changes of uploads and downloads. */
import type { MediaUploadModel, MethodModel } from "../model/types.js";
import { type Change, change, type Place } from "./change.js";

export function mediaChanges(place: Place, before: MethodModel, after: MethodModel): readonly Change[] {
  return [...uploadChanges(place, before.mediaUpload, after.mediaUpload), ...downloadChanges(place, before, after)];
}

function uploadChanges(
  place: Place,
  before: MediaUploadModel | undefined,
  after: MediaUploadModel | undefined,
): readonly Change[] {
  if (before === undefined && after === undefined) return [];
  if (after === undefined) return [change(place, "upload", "breaking", "no longer takes an upload")];
  if (before === undefined) return [change(place, "upload", "additive", "takes an upload")];
  const lost = before.accept.filter((type) => !accepts(after.accept, type));
  const gained = after.accept.filter((type) => !accepts(before.accept, type));
  const [oldSize, size] = [before.maxSize ?? Infinity, after.maxSize ?? Infinity];
  return [
    ...lost.map((type) => change(place, "upload", "breaking", `no longer takes uploads of ${type}`)),
    ...gained.map((type) => change(place, "upload", "additive", `takes uploads of ${type}`)),
    ...(oldSize === size
      ? []
      : [
          change(
            place,
            "upload",
            size < oldSize ? "breaking" : "additive",
            `takes uploads of ${sizeText(size)}, took ${sizeText(oldSize)}`,
          ),
        ]),
    ...protocolChange(place, "simple", before.simple, after.simple),
    ...protocolChange(place, "resumable", before.resumable, after.resumable),
    ...protocolChange(place, "multipart", before.multipart, after.multipart),
    ...(before.path === after.path
      ? []
      : [change(place, "address", "documentation", `uploads to ${after.path}, uploaded to ${before.path}`)]),
  ];
}

function protocolChange(place: Place, protocol: string, before: boolean, after: boolean): readonly Change[] {
  if (before === after) return [];
  const message = after ? `takes ${protocol} uploads` : `no longer takes ${protocol} uploads`;
  return [change(place, "upload", after ? "additive" : "breaking", message)];
}

/** Returns whether a list of media types accepts a type. An empty list accepts every type. */
function accepts(accepted: readonly string[], type: string): boolean {
  const family = `${type.split("/")[0] ?? ""}/*`;
  return accepted.length === 0 || [type, family, "*/*"].some((candidate) => accepted.includes(candidate));
}

function sizeText(size: number): string {
  return size === Infinity ? "any size" : `up to ${size} bytes`;
}

function downloadChanges(place: Place, before: MethodModel, after: MethodModel): readonly Change[] {
  const [old, now] = [before.mediaDownload?.member, after.mediaDownload?.member];
  if (old === now) return [];
  return [
    now === undefined
      ? change(place, "download", "breaking", `no longer has ${old}`)
      : change(
          place,
          "download",
          old === undefined ? "additive" : "breaking",
          old === undefined ? `has the download method ${now}` : `has the download method ${now}, had ${old}`,
        ),
  ];
}
