/** Changes of the parameters of methods, and of global parameters. */
import { pointerTo } from "../diagnostics.js";
import type { ApiModel, MethodModel, ParameterModel } from "../model/types.js";
import { type Change, change, type Place } from "./change.js";
import type { Sides } from "./type-differences.js";
import { valueChanges } from "./values.js";

const INPUT = { input: true, output: false };

/** The APIs of two methods that are compared. */
export interface MethodContext {
  readonly before: ApiModel;
  readonly after: ApiModel;
  readonly sides: Sides;
}

/**
 * Returns changes of a method's own parameters. If the method has a parameter on one side only, it is compared with the
 * global parameter of the same name.
 */
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
  if (after === undefined) return [change(place, "removed", "breaking", "is removed")];
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
      : [change(place, "address", "documentation", `is sent in the ${after.location}, not in the ${before.location}`)]),
    ...valueChanges(place, before, after, sides, INPUT),
  ];
}

function byName(parameters: readonly ParameterModel[]): ReadonlyMap<string, ParameterModel> {
  return new Map(parameters.map((parameter) => [parameter.name, parameter]));
}

function pointerOf(owner: string, name: string): string {
  return pointerTo(`${owner}/parameters`, name);
}
