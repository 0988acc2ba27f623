/** Changes that parameters and properties have in common: type, default, bounds, pattern, and description. */
import type { ParameterModel, PropertyModel } from "../model/types.js";
import { type Change, change, documentationChanges, type Place } from "./change.js";
import { classOf, type Direction, type Effect, type Sides, typeChanges } from "./type-differences.js";

type ValueModel = Pick<
  ParameterModel & PropertyModel,
  "default" | "deprecated" | "description" | "maximum" | "minimum" | "pattern" | "required" | "type"
>;

export function valueChanges(
  place: Place,
  before: ValueModel,
  after: ValueModel,
  sides: Sides,
  direction: Direction,
): readonly Change[] {
  return [
    ...typeChanges(place, before.type, after.type, sides, direction),
    ...requiredChange(place, before, after, direction),
    ...defaultChange(place, before, after, direction),
    ...rangeChange(place, before, after, direction),
    ...patternChange(place, before, after),
    ...documentationChanges(place, before, after),
  ];
}

function requiredChange(place: Place, before: ValueModel, after: ValueModel, direction: Direction): readonly Change[] {
  if (before.required === after.required) return [];
  const effect = { lost: after.required, gained: before.required };
  return [
    change(place, "required", classOf(effect, direction), after.required ? "is required now" : "is no longer required"),
  ];
}

/** A changed default affects programs that omit the value. */
function defaultChange(place: Place, before: ValueModel, after: ValueModel, { input }: Direction): readonly Change[] {
  if (before.default === after.default) return [];
  const isOther = before.default !== undefined && after.default !== undefined;
  const message = `has the default ${shown(after.default)}, had ${shown(before.default)}`;
  return [change(place, "default", input && isOther ? "breaking" : "documentation", message)];
}

function rangeChange(place: Place, before: ValueModel, after: ValueModel, { input }: Direction): readonly Change[] {
  if (before.minimum === after.minimum && before.maximum === after.maximum) return [];
  const low = [Number(before.minimum ?? -Infinity), Number(after.minimum ?? -Infinity)] as const;
  const high = [Number(before.maximum ?? Infinity), Number(after.maximum ?? Infinity)] as const;
  const effect = { lost: low[1] > low[0] || high[1] < high[0], gained: low[1] < low[0] || high[1] > high[0] };
  const range = ({ minimum, maximum }: ValueModel) => `${shown(minimum)} to ${shown(maximum)}`;
  const message = `has the range ${range(after)}, had ${range(before)}`;
  return [change(place, "range", sentOnly(effect, input), message)];
}

/** A changed pattern does not affect programs: it is only used to explain an error response of the server. */
function patternChange(place: Place, before: ValueModel, after: ValueModel): readonly Change[] {
  if (before.pattern === after.pattern) return [];
  const message = `has the pattern ${shown(after.pattern)}, had ${shown(before.pattern)}`;
  return [change(place, "pattern", "documentation", message)];
}

/** Bounds are not part of the TypeScript type, so a change does not affect code that reads values. */
function sentOnly(effect: Effect, input: boolean): Change["class"] {
  return input ? classOf(effect, { input, output: false }) : "documentation";
}

function shown(text: string | undefined): string {
  return text === undefined ? "none" : JSON.stringify(text);
}
