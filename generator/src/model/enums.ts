/** Enums: the possible values of a string, from `enum` or, in old documents, from the lines of a description. */
import type { DiscoverySchema } from "../discovery/types.js";
import type { Report } from "../diagnostics.js";
import type { EnumModel } from "./types.js";

/** `closed` enums accept only the document's values, `open` enums accept any string. */
export type EnumPolicy = "closed" | "open";

/**
 * Returns the enum of a string, if it has one.
 *
 * Values from a description make an open enum, because the description may not list all of them.
 */
export function enumOf(schema: DiscoverySchema, policy: EnumPolicy, report: Report): EnumModel | undefined {
  if (schema.enum === undefined) return harvested(schema.description);
  if (schema.enum.length === 0) {
    report("EMPTY_ENUM", `${schema.pointer}/enum`, "the enum has no values");
    return undefined;
  }
  const seen = new Set<string>();
  const values = schema.enum.flatMap((value, index) => {
    if (seen.has(value)) return [];
    seen.add(value);
    const description = schema.enumDescriptions[index]?.trim() ?? "";
    return [{ value, description, deprecated: schema.enumDeprecated[index] ?? false }];
  });
  return { values, open: policy === "open", harvested: false };
}

/** Finds at least two lines of the form `NAME: text` after the first line of a description. */
function harvested(description: string): EnumModel | undefined {
  const lines = description.split(/\r?\n/).slice(1);
  const values = lines.flatMap((line) => {
    const match = /^(?:[-*] )?["'`]?([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*)["'`]? ?: +(\S.*)$/.exec(line.trim());
    return match?.[1] === undefined || match[2] === undefined
      ? []
      : [{ value: match[1], description: match[2].trim() }];
  });
  const unique = new Set(values.map(({ value }) => value));
  if (unique.size < 2 || unique.size !== values.length) return undefined;
  return { values: values.map((value) => ({ ...value, deprecated: false })), open: true, harvested: true };
}
