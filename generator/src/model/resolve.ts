/** Resolves references between types. */
import type { SchemaModel, ShapeModel, TypeModel } from "./types.js";

/** A type that is not a reference, or the object type that a reference resolves to. */
export type ResolvedType =
  | Exclude<TypeModel, { readonly kind: "reference" }>
  | Extract<ShapeModel, { readonly kind: "object" }>;

/** Follows references to a type or object. Returns undefined for missing schemas and cycles. */
export function resolved(
  type: TypeModel | undefined,
  schema: (name: string) => SchemaModel | undefined,
): ResolvedType | undefined {
  // `SchemaBuilder` reports cycles of references as an error.
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
