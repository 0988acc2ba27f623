/** Methods as a command line names them. */
import { quotedName } from "@discogen/runtime/names";
import type { ApiModel, MethodModel, ResourceModel } from "../model/types.js";
import { didYouMean } from "../nearest.js";
import { usage } from "./command.js";

/** A member of the client: a method, or the `…Media` twin that downloads content. */
export interface ClientMember {
  /** From the client down: `instances`, `list`. */
  readonly path: readonly string[];
  /** The document's id; of a twin, that of its method with the twin's name at the end. */
  readonly id: string;
  readonly method: MethodModel;
  readonly isDownload: boolean;
}

/** Whether the response is content, not JSON. */
export function returnsContent({ method, isDownload }: ClientMember): boolean {
  return isDownload || method.response?.kind === "media" || method.mediaDownload?.isOnly === true;
}

/** Every member that can be called, in the order of the document. */
export function membersOf(
  { methods, resources }: ResourceModel,
  path: readonly string[] = [],
): readonly ClientMember[] {
  const own = methods.flatMap((method): ClientMember[] => {
    const ordinary = { path: [...path, method.member], id: method.id, method, isDownload: false };
    if (method.mediaDownload === undefined) return [ordinary];
    const { member } = method.mediaDownload;
    const id = [...method.id.split(".").slice(0, -1), member].join(".");
    return [ordinary, { path: [...path, member], id, method, isDownload: true }];
  });
  return [...own, ...resources.flatMap((resource) => membersOf(resource, [...path, resource.member]))];
}

/**
 * The member of this name: its id, with or without the first part of it, or its path from the client down.
 *
 * @throws {InputError} with code USAGE where there is none, and what may have been meant
 */
export function namedMember(command: string, name: string, model: ApiModel): ClientMember {
  const members = membersOf(model.root);
  const found =
    members.find(({ id }) => id === name) ??
    members.find(({ id, path }) => path.join(".") === name || id.slice(id.indexOf(".") + 1) === name);
  if (found !== undefined) return found;
  const near = didYouMean(
    name,
    members.flatMap(({ id, path }) => [path.join("."), id]),
  );
  const last = `.${name.split(".").at(-1) ?? ""}`;
  const alike = members.filter(({ id }) => id.endsWith(last)).slice(0, 5);
  const hint = near !== "" || alike.length === 0 ? near : `; there is ${alike.map(({ id }) => id).join(", ")}`;
  throw usage(command, `${model.id} has no method ${quotedName(name)}${hint}`);
}
