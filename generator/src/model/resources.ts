/** Builds the tree of resources and methods with their member names, before types are final. */
import type { DiscoveryDocument, DiscoveryResource } from "../discovery/types.js";
import { pointerTo, type Report } from "../diagnostics.js";
import { draftMethod, type MethodDraft } from "./methods.js";
import { LANGUAGE_MEMBERS, memberName, NameScope } from "./names.js";
import type { SchemaBuilder } from "./schemas.js";

export interface ResourceDraft {
  readonly path: readonly string[];
  readonly member: string;
  readonly deprecated: boolean;
  readonly methods: readonly MethodDraft[];
  readonly resources: readonly ResourceDraft[];
}

/** Reads all resources and methods of a document. */
export function draftResource(document: DiscoveryDocument, builder: SchemaBuilder, report: Report): ResourceDraft {
  const ids = new Map<string, string>();
  const draft = (resource: DiscoveryResource, path: readonly string[], member: string): ResourceDraft => {
    const members = new NameScope();
    // Methods first: if a method and a resource have the same name, the method keeps it.
    const named = [...resource.methods].map(([name, method]) => ({
      name,
      method,
      member: renamed(name, members.take(memberName(name)), method.pointer, report),
    }));
    const methods = named.flatMap((entry) => {
      const found = draftMethod(entry, path, { document, builder, members, report });
      if (found === undefined) return [];
      const other = ids.get(found.id);
      if (other !== undefined) {
        report("DUPLICATE_METHOD", pointerTo(entry.method.pointer, "id"), `${found.id} is also the id of ${other}`);
      }
      ids.set(found.id, entry.method.pointer);
      return [found];
    });
    const resources = [...resource.resources].map(([name, child]) => {
      const plain = memberName(name);
      const wanted = members.has(plain) ? `${plain}Resource` : plain;
      return draft(child, [...path, name], renamed(name, members.take(wanted), child.pointer, report));
    });
    return { path, member, deprecated: resource.deprecated, methods, resources };
  };
  return draft(document.root, [], "");
}

/** Returns every method of the tree. */
export function draftMethods({ methods, resources }: ResourceDraft): readonly MethodDraft[] {
  return [...methods, ...resources.flatMap(draftMethods)];
}

/** Reports a member whose name is not simply the camel-cased name of the document. */
function renamed(name: string, member: string, pointer: string, report: Report): string {
  if (member !== memberName(name) || LANGUAGE_MEMBERS.has(name))
    report("RENAMED", pointer, `the member is named ${member} in code`);
  return member;
}
