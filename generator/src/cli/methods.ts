/** Finds methods by the names of a command line. */
import { quotedName } from "@discogen/runtime/names";
import type { ApiModel, MethodModel, ResourceModel } from "../model/types.js";
import { didYouMean } from "../nearest.js";
import { usage } from "./command.js";

/** A method of the client. A method that downloads content has two members, one of them named `…Media`. */
export interface ClientMember {
  /** Path from the client, such as `instances`, `list`. */
  readonly path: readonly string[];
  /** The id in the document. The last part of a `…Media` id is the name of the member. */
  readonly id: string;
  readonly method: MethodModel;
  readonly isDownload: boolean;
}

/** Whether the response is content, not JSON. */
export function returnsContent({ method, isDownload }: ClientMember): boolean {
  return isDownload || method.response?.kind === "media" || method.mediaDownload?.isOnly === true;
}

/** Lists all members, in the order of the document. */
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
 * Finds a member by its id, its id without the first part, or its path from the client.
 *
 * @throws {InputError} with the code USAGE if there is no such member; the message contains similar names
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
  const hint = near !== "" || alike.length === 0 ? near : `; similar methods: ${alike.map(({ id }) => id).join(", ")}`;
  throw usage(command, `${model.id} has no method ${quotedName(name)}${hint}`);
}
