/** The base class of generated resources. */
import { type CoreHolder, Holder, coreOf } from "../call/core.js";

/**
 * A part of a client. It has no other members, because a document may use any name for a method. To keep a bundle
 * small, create a single resource: `new InstancesResource(client)`.
 */
export class Resource extends Holder {
  /** `parent`: a client or another resource. */
  constructor(parent: CoreHolder) {
    super(coreOf(parent));
  }
}
