/** Changes of the parameters of a method, and of the global ones. */
import { pointerTo } from "../diagnostics.js";
import type { ApiModel, MethodModel, ParameterModel } from "../model/types.js";
import { type Change, change, type Place } from "./change.js";
import type { MethodContext } from "./methods.js";
import { type Sides } from "./type-differences.js";
import { valueChanges } from "./values.js";

const INPUT = { input: true, output: false };

/** A method's own parameters. Where one gives way to the global parameter of its name, that one takes its place. */
export function parameterChanges(
  place: Place,
  before: MethodModel,
  after: MethodModel,
  context: MethodContext,
): readonly Change[] {
  const old = byName(before.parameters);
  const now = byName(after.parameters);
  const names = new Set([...old.keys(), ...now.keys()]);
  const globals = { before: byName(context.before.parameters), after: byName(context.after.parameters) };
  return Array.from(names).flatMap((name) =>
    parameterChange(
      { ...place, subject: "parameter", name: `${place.name}(${name})`, pointer: pointerOf(place.pointer, name) },
      old.get(name) ?? globals.before.get(name),
      now.get(name) ?? globals.after.get(name),
      context.sides,
    ),
  );
}

export function globalParameterChanges(before: ApiModel, after: ApiModel, sides: Sides): readonly Change[] {
  const old = byName(before.parameters);
  const now = byName(after.parameters);
  return Array.from(new Set([...old.keys(), ...now.keys()])).flatMap((name) =>
    parameterChange(
      { subject: "parameter", name: `(${name})`, pointer: pointerOf("", name) },
      old.get(name),
      now.get(name),
      sides,
    ),
  );
}

function parameterChange(
  place: Place,
  before: ParameterModel | undefined,
  after: ParameterModel | undefined,
  sides: Sides,
): readonly Change[] {
  if (after === undefined) return [change(place, "removed", "breaking", "is gone")];
  if (before === undefined) {
    const message = after.required ? "is new, and required" : "is new";
    return [change(place, "added", after.required ? "breaking" : "additive", message)];
  }
  const isList = after.repeated;
  return [
    ...(before.repeated === isList
      ? []
      : [change(place, "type", "breaking", isList ? "takes a list now" : "no longer takes a list")]),
    ...(before.location === after.location
      ? []
      : [change(place, "address", "documentation", `travels in the ${after.location}, not in the ${before.location}`)]),
    ...valueChanges(place, before, after, sides, INPUT),
  ];
}

function byName(parameters: readonly ParameterModel[]): ReadonlyMap<string, ParameterModel> {
  return new Map(parameters.map((parameter) => [parameter.name, parameter]));
}

function pointerOf(owner: string, name: string): string {
  return pointerTo(`${owner}/parameters`, name);
}
