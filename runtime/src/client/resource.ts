/** The base of generated resource classes. */
import { type CoreHolder, Holder, coreOf } from "../call/core.js";

/**
 * Part of a client: holds what calls need, and no other member, since a document may name its methods as it likes.
 * Can be made on its own, `new InstancesResource(client)`, where a bundle should hold one resource only.
 */
export class Resource extends Holder {
  /** `parent`: a client or another resource. */
  constructor(parent: CoreHolder) {
    super(coreOf(parent));
  }
}
