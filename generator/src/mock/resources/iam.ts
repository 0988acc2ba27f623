/** IAM policies: `getIamPolicy`, `setIamPolicy` and `testIamPermissions`, which many APIs have. */
import { type IndexedMethod, propertiesOf } from "../api-index.js";
import type { Call, Handler } from "../call.js";
import { responseType } from "./collections.js";
import { hashOf, staleEtag } from "./etags.js";
import { isObject, type JsonObject, merge, own, ownString } from "../json.js";
import { maskedMerge, maskOf } from "../requests/update-mask.js";
import type { MockState } from "../mock-state.js";

/**
 * Returns the handler of an IAM method; `undefined` for other methods.
 *
 * The mock stores policies but does not enforce them: every caller has every permission.
 */
export function iamHandler(
  { api, method }: IndexedMethod,
  resourceOf: (call: Call) => string,
  { policies }: MockState,
): Handler | undefined {
  const responses = new Set(propertiesOf(responseType(method), api.schemas).map(({ name }) => name));
  const policyAt = (call: Call): JsonObject => policies.get(resourceOf(call)) ?? withEtag({ version: 1 });
  switch (method.name) {
    case "testIamPermissions":
      if (!responses.has("permissions")) return undefined;
      return ({ body = {}, query }) => {
        const permissions = own(body, "permissions") ?? query.getAll("permissions");
        return { status: 200, body: { permissions } };
      };
    case "getIamPolicy":
      return responses.has("bindings") ? (call) => ({ status: 200, body: policyAt(call) }) : undefined;
    case "setIamPolicy":
      if (!responses.has("bindings")) return undefined;
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

/** Adds an `etag` in Base64, because its type is `bytes`. */
function withEtag(policy: JsonObject): JsonObject {
  return { ...policy, etag: Buffer.from(hashOf(policy)).toString("base64") };
}
