/** What a type is behind its references. */
import type { SchemaModel, ShapeModel, TypeModel } from "./types.js";

/** A type that is no reference, or the object that references lead to. */
export type ResolvedType =
  | Exclude<TypeModel, { readonly kind: "reference" }>
  | Extract<ShapeModel, { readonly kind: "object" }>;

/** Follows references to their end; undefined where they lead nowhere, or back to themselves. */
export function resolved(
  type: TypeModel | undefined,
  schema: (name: string) => SchemaModel | undefined,
): ResolvedType | undefined {
  // References that lead back to themselves are reported as an error elsewhere.
  const seen = new Set<string>();
  let at = type;
  while (at?.kind === "reference" && !seen.has(at.name)) {
    seen.add(at.name);
    const shape = schema(at.name)?.shape;
    if (shape?.kind === "object") return shape;
    at = shape?.type;
  }
  return at?.kind === "reference" ? undefined : at;
}
