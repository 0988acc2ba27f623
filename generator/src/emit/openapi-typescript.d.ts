/** The part of openapi-typescript that `compile-transformation.js` compiles, with nodes of our own. */
import type { GlobalContext } from "openapi-typescript";
import type { SchemaObject } from "../openapi/components.js";
import type { TypeNode } from "./type-nodes.js";

/** Its settings, without those that schemas do not need. */
export interface TransformContext extends Omit<
  GlobalContext,
  "inject" | "injectFooter" | "postTransform" | "redoc" | "resolve" | "transform" | "transformProperty"
> {
  /** Returns a type in place of openapi-typescript's. */
  readonly transform: (schema: SchemaObject) => TypeNode | undefined;
  /** Returns a type in place of the transformed one. */
  readonly postTransform: (type: TypeNode) => TypeNode | undefined;
}

export function transformSchemaObject(
  schema: SchemaObject,
  options: { readonly path: string; readonly ctx: TransformContext },
): TypeNode;
