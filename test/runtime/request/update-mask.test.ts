import { describe, expect, it } from "vitest";
import { withUpdateMask } from "../../../runtime/src/request/update-mask.js";
import type { MethodDescriptor } from "../../../runtime/src/method.js";

const patch: MethodDescriptor = {
  id: "shelves.patch",
  httpMethod: "PATCH",
  path: "v1/{+name}",
  request: "json",
  updateMask: true,
};
const { updateMask: _, ...plain } = patch;

describe("the mask of an update", () => {
  it.each([
    ["is what the body holds", { requestBody: { width: 1, labels: {} } }, "width,labels"],
    ["holds what is to be cleared", { requestBody: { width: null } }, "width"],
    ["holds nothing that is undefined", { requestBody: { width: 1, height: undefined } }, "width"],
    ["is the caller's where one is given", { requestBody: { width: 1 }, updateMask: "height" }, "height"],
    ["may be given as paths", { requestBody: {}, updateMask: ["width", "place.floor"] }, "width,place.floor"],
    ["is left out where the body is empty", { requestBody: {} }, undefined],
    ["is left out where there is no body", {}, undefined],
  ])("%s", (_, params, want) => {
    expect(withUpdateMask(patch, params)).toEqual(want === undefined ? params : { ...params, updateMask: want });
  });

  it("is made up for no other method", () => {
    const params = { requestBody: { width: 1 } };
    expect(withUpdateMask(plain, params)).toBe(params);
  });
});
