/** One table per rule about documents. */
import { describe, expect, it } from "vitest";
import { isReadOnly } from "../../../generator/src/model/access.js";
import { bytesOf } from "../../../generator/src/model/media.js";
import { isTypeName, memberName, NameScope, typeName } from "../../../generator/src/model/names.js";
import { pathVariables, patternParts } from "../../../generator/src/model/paths.js";

describe("member names are the document's names as identifiers, with the same first letter", () => {
  it.each([
    ["list", "list"],
    ["delete", "delete"],
    ["bulk-export-group", "bulkExportGroup"],
    ["Binary-create", "BinaryCreate"],
    ["getOpenid-configuration", "getOpenidConfiguration"],
    ["well-known", "wellKnown"],
    ["_private", "_private"],
    ["2fa", "_2fa"],
    ["-", "_"],
    ["constructor", "constructor_"],
    ["then", "then_"],
    ["__proto__", "__proto___"],
    ["toJSON", "toJSON"],
  ])("%s → %s", (given, want) => expect(memberName(given)).toBe(want));
});

describe("types are named in Pascal case", () => {
  it.each([
    ["SQL Admin", "SQLAdmin"],
    ["sqladmin", "Sqladmin"],
    ["well-known", "WellKnown"],
    ["@context", "Context"],
    ["3d", "_3d"],
  ])("%s → %s", (given, want) => expect(typeName(given)).toBe(want));

  it.each([
    ["Date", true],
    ["Function", true],
    ["A_b$1", true],
    ["string", false],
    ["unknown", false],
    ["class", false],
    ["a-b", false],
    ["", false],
  ])("%s can be the name of a type: %s", (given, want) => expect(isTypeName(given)).toBe(want));

  it("names that are in use get trailing underscores", () => {
    const scope = new NameScope();
    expect(["A", "A", "A"].map((name) => scope.take(name))).toEqual(["A", "A_", "A__"]);
  });
});

describe("path templates", () => {
  it.each([
    ["flags", []],
    ["projects/{project}/x", [["project", "simple"]]],
    ["v1/{+name}:verb", [["name", "reserved"]]],
    [
      "v1/{+parent}/x/{+name}",
      [
        ["parent", "reserved"],
        ["name", "reserved"],
      ],
    ],
    ["users{/ids*}", [["ids", "list"]]],
    [
      "a/{start-date}/{x.y}",
      [
        ["start-date", "simple"],
        ["x.y", "simple"],
      ],
    ],
    ["v1/{+name}/$export", [["name", "reserved"]]],
    ["a/{", undefined],
    ["a/}", undefined],
    ["a/{}", undefined],
    ["a/{+}", undefined],
    ["a{?q}", undefined],
    ["a{&q}", undefined],
    ["a{#q}", undefined],
    ["a{.q}", undefined],
    ["a{;q}", undefined],
    ["a{/q}", undefined],
    ["a{q*}", undefined],
    ["a/{x,y}", undefined],
    ["a/{x:3}", undefined],
    ["a/{{x}}", undefined],
    ["a/{x}/{x}", undefined],
  ] as const)("%s", (given, want) => {
    expect(pathVariables(given)?.map(({ name, expansion }) => [name, expansion])).toEqual(want);
  });

  it("long templates are parsed in linear time", () => {
    expect(pathVariables("{".repeat(100_000))).toBeUndefined();
    expect(pathVariables(`{${"a".repeat(100_000)}`)).toBeUndefined();
  });
});

describe("path patterns", () => {
  it.each([
    ["^projects/[^/]+$", [{ literal: "projects/" }, "segment"]],
    ["^projects/[^/]+/instances/[^/]+$", [{ literal: "projects/" }, "segment", { literal: "/instances/" }, "segment"]],
    ["^operations/.*$", [{ literal: "operations/" }, "rest"]],
    ["^operations$", [{ literal: "operations" }]],
    ["^a\\.b/[^/]+$", [{ literal: "a.b/" }, "segment"]],
    ["^[^/]+$", ["segment"]],
    ["projects/[^/]+", undefined],
    ["^(a|b)$", undefined],
    ["^(a+)+$", undefined],
    ["^a*$", undefined],
    ["^a+/b$", undefined],
    ["^[^/]+[^/]+$", undefined],
    ["^[a-z]{3}$", undefined],
    ["^$", undefined],
  ] as const)("%s", (given, want) => expect(patternParts(given)).toEqual(want));
});

describe("a property is read-only by its flag, or by the tags at the start of its description", () => {
  it.each([
    [true, "Anything.", true],
    [false, "Output only. When it was made.", true],
    [false, "[Output Only] When it was made.", true],
    [false, "Optional. Output only. Both.", true],
    [false, "Required. Immutable. Output only. All.", true],
    [false, "  output-only: a dash", true],
    [false, "Identifier. Output only. Its name.", true],
    [false, "This field is output only.", false],
    [false, "Set output only on request.", false],
    [false, "Outputs only errors.", false],
    [false, "", false],
  ])("flag %s, %j → %s", (readOnly, description, want) => expect(isReadOnly({ readOnly, description })).toBe(want));
});

describe("sizes of uploads", () => {
  it.each([
    ["5497558138880", 5497558138880],
    ["10GB", 10 * 1024 ** 3],
    ["256KB", 256 * 1024],
    ["5120 GB", 5120 * 1024 ** 3],
    ["35mb", 35 * 1024 ** 2],
    ["much", undefined],
  ])("%s → %s bytes", (given, want) => expect(bytesOf(given)).toBe(want));
});
