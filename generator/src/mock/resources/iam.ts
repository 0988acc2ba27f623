/** Who may do what to a resource: `getIamPolicy`, `setIamPolicy` and `testIamPermissions`, as every API has them. */
import { type IndexedMethod, propertiesOf } from "../api-index.js";
import type { Call, Handler } from "../call.js";
import { answerType } from "./collections.js";
import { hashOf, staleEtag } from "./etags.js";
import { isObject, type JsonObject, merge, own, ownString } from "../json.js";
import { maskedMerge, maskOf } from "../requests/update-mask.js";
import type { World } from "../world.js";

/**
 * What answers the method at the resource of this path; undefined for methods that are about something else.
 *
 * The mock remembers policies, and refuses to nobody: who calls has every permission asked about.
 */
export function iamHandler(
  { api, method }: IndexedMethod,
  resourceOf: (call: Call) => string,
  { policies }: World,
): Handler | undefined {
  const answers = new Set(propertiesOf(answerType(method), api.schemas).map(({ name }) => name));
  const policyAt = (call: Call): JsonObject => policies.get(resourceOf(call)) ?? withEtag({ version: 1 });
  switch (method.name) {
    case "testIamPermissions":
      if (!answers.has("permissions")) return undefined;
      return ({ body = {}, query }) => {
        const permissions = own(body, "permissions") ?? query.getAll("permissions");
        return { status: 200, body: { permissions } };
      };
    case "getIamPolicy":
      return answers.has("bindings") ? (call) => ({ status: 200, body: policyAt(call) }) : undefined;
    case "setIamPolicy":
      if (!answers.has("bindings")) return undefined;
      return (call) => {
        const { body = {} } = call;
        const policy = own(body, "policy") ?? body;
        const written = isObject(policy) ? policy : {};
        const before = policyAt(call);
        const seen = ownString(written, "etag") || undefined;
        if (seen !== undefined && seen !== ownString(before, "etag")) throw staleEtag(409);
        const mask = maskOf(call);
        const { etag: _seen, ...changed } =
          mask === undefined ? merge({}, written) : maskedMerge(before, written, mask);
        const after = withEtag({ version: 1, ...changed });
        policies.set(resourceOf(call), after);
        return { status: 200, body: after };
      };
    default:
      return undefined;
  }
}

/** In base64: its type is `bytes`. */
function withEtag(policy: JsonObject): JsonObject {
  return { ...policy, etag: Buffer.from(hashOf(policy)).toString("base64") };
}
