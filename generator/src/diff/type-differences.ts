/**
 * Differences between the old and the new version of a type.
 *
 * A type is a set of values: a change loses some values, gains some, or both. Types with the same name count as equal
 * here: they are compared once, at their declaration.
 */
import type { EnumModel, PropertyModel, SchemaModel, StringType, TypeModel } from "../model/types.js";
import { type Aspect, type Change, change, type ChangeClass, type Place } from "./change.js";

/** Where values of a type are sent: `input` in requests, `output` in responses. */
export interface Direction {
  readonly input: boolean;
  readonly output: boolean;
}

/** The effect of a change on the allowed values. */
export interface Effect {
  readonly lost: boolean;
  readonly gained: boolean;
}

/**
 * Returns the class of a change: lost values break code that passes values, gained values break code that reads them.
 */
export function classOf({ lost, gained }: Effect, { input, output }: Direction): ChangeClass {
  if ((input && lost) || (output && gained)) return "breaking";
  return lost || gained ? "additive" : "documentation";
}

/** The named types of an API, before or after the change. */
export interface NamedTypes {
  readonly schema: (name: string) => SchemaModel | undefined;
}

/** The two sides of a comparison. */
export interface Sides {
  readonly before: NamedTypes;
  readonly after: NamedTypes;
}

export function namedTypes(schemas: readonly SchemaModel[]): NamedTypes {
  const byName = new Map(schemas.map((schema) => [schema.name, schema]));
  return { schema: (name) => byName.get(name) };
}

/** Returns the changes of a type that is used at a place. */
export function typeChanges(
  place: Place,
  before: TypeModel,
  after: TypeModel,
  sides: Sides,
  direction: Direction,
): readonly Change[] {
  const found = new Comparison(sides, place.subject === "parameter");
  found.compare(before, after);
  const { lost, gained, isExtended, values, isFormatChanged, isTextChanged } = found;
  const of = (aspect: Aspect, changeClass: ChangeClass, message: string) => change(place, aspect, changeClass, message);
  const isTypeChanged = lost || gained || isExtended;
  const typeClass = classOf({ lost, gained }, direction);
  return [
    ...(isTypeChanged
      ? [
          of(
            "type",
            typeClass === "documentation" ? "additive" : typeClass,
            `is ${typeText(after, sides.after)}, was ${typeText(before, sides.before)}`,
          ),
        ]
      : []),
    ...values.map(({ value, isRemoved, isFromText }) =>
      of(
        isRemoved ? "value-removed" : "value-added",
        // Code that compares with a removed value no longer compiles, in either direction. A new value may reach a
        // `switch` without a case for it, but adding values is the normal evolution of APIs (AIP-180).
        isFromText ? "documentation" : isRemoved ? "breaking" : "additive",
        `${isRemoved ? "no longer has" : "has"} the value ${JSON.stringify(value)}`,
      ),
    ),
    ...(isFormatChanged && !isTypeChanged
      ? [
          of(
            "format",
            "documentation",
            `is ${typeText(after, sides.after)}, was ${typeText(before, sides.before)}: the JSON type is the same`,
          ),
        ]
      : []),
    ...(isTextChanged ? [of("description", "documentation", "has values with different descriptions")] : []),
  ];
}

/** Collects the differences between two types, at any depth. */
class Comparison {
  lost = false;
  gained = false;
  /** Objects have new properties. */
  isExtended = false;
  isFormatChanged = false;
  isTextChanged = false;
  readonly values: { readonly value: string; readonly isRemoved: boolean; readonly isFromText: boolean }[] = [];
  readonly #sides: Sides;
  readonly #isParameter: boolean;
  /** Pairs of objects found so far. They are compared in a loop, because recursion could overflow the stack. */
  readonly #pairs = new Map<string, readonly [old: string, now: string]>();

  constructor(sides: Sides, isParameter: boolean) {
    this.#sides = sides;
    this.#isParameter = isParameter;
  }

  compare(before: TypeModel, after: TypeModel): void {
    this.#types(before, after);
    // The iteration includes pairs that are added during the loop.
    for (const [old, now] of this.#pairs.values()) this.#objects(old, now);
  }

  #types(before: TypeModel, after: TypeModel): void {
    if (isSameReference(before, after, this.#sides)) return;
    const old = expanded(before, this.#sides.before);
    const now = expanded(after, this.#sides.after);
    if (isSameReference(old, now, this.#sides)) return;
    if (old.kind === "reference" && now.kind === "reference")
      this.#pairs.set(`${old.name} ${now.name}`, [old.name, now.name]);
    else if (old.kind === "string" && now.kind === "string") this.#strings(old, now);
    else if (old.kind === "array" && now.kind === "array") this.#types(old.items, now.items);
    else if (old.kind === "map" && now.kind === "map") this.#types(old.values, now.values);
    else if (old.kind === "number" && now.kind === "number") {
      this.#effect({ lost: now.integer && !old.integer, gained: old.integer && !now.integer });
      this.isFormatChanged ||= old.format !== now.format;
    } else if (old.kind === "union" && now.kind === "union") this.#unions(old.members, now.members);
    else if (old.kind !== now.kind) this.#effect({ lost: now.kind !== "unknown", gained: old.kind !== "unknown" });
  }

  #effect({ lost, gained }: Effect): void {
    this.lost ||= lost;
    this.gained ||= gained;
  }

  #strings(old: StringType, now: StringType): void {
    const [isOldInteger, isInteger] = [isIntegerText(old), isIntegerText(now)];
    // Bytes are base64 text, so the same text has a different meaning before and after.
    const isOtherEncoding = (old.format === "byte") !== (now.format === "byte");
    this.#effect({
      // Parameters of these formats also accept numbers.
      lost: isOtherEncoding || (isInteger && !isOldInteger) || (this.#isParameter && isOldInteger && !isInteger),
      gained: isOtherEncoding || (isOldInteger && !isInteger),
    });
    this.isFormatChanged ||= old.format !== now.format;
    this.#enums(old.enum, now.enum);
  }

  #enums(old: EnumModel | undefined, now: EnumModel | undefined): void {
    this.#effect({ lost: isClosed(now) && !isClosed(old), gained: isClosed(old) && !isClosed(now) });
    if (old === undefined || now === undefined) return;
    const [oldTexts, texts] = [textsOf(old), textsOf(now)];
    // Values from a description are documentation: the type allows any string.
    const isFromText = old.harvested || now.harvested;
    for (const value of oldTexts.keys())
      if (!texts.has(value)) this.values.push({ value, isRemoved: true, isFromText });
    for (const value of texts.keys())
      if (!oldTexts.has(value)) this.values.push({ value, isRemoved: false, isFromText });
    this.isTextChanged ||= [...texts].some(([value, text]) => oldTexts.has(value) && oldTexts.get(value) !== text);
  }

  #unions(old: readonly TypeModel[], now: readonly TypeModel[]): void {
    const [oldNames, names] = [
      old.map((member) => typeText(member, this.#sides.before)),
      now.map((member) => typeText(member, this.#sides.after)),
    ];
    for (const value of oldNames)
      if (!names.includes(value)) this.values.push({ value, isRemoved: true, isFromText: false });
    for (const value of names)
      if (!oldNames.includes(value)) this.values.push({ value, isRemoved: false, isFromText: false });
  }

  /** Two objects with different names may still be equivalent for a program. */
  #objects(oldName: string, name: string): void {
    const [old, now] = [this.#sides.before.schema(oldName)?.shape, this.#sides.after.schema(name)?.shape];
    if (old?.kind !== "object" || now?.kind !== "object") return this.#effect({ lost: true, gained: true });
    const properties = new Map(now.properties.map((property) => [property.name, property]));
    for (const property of old.properties) this.#property(property, properties.get(property.name));
    const known = new Set(old.properties.map((property) => property.name));
    const added = now.properties.filter((property) => !known.has(property.name));
    this.isExtended ||= added.length > 0 || (old.additional === undefined && now.additional !== undefined);
    this.#effect({
      lost: added.some(({ required }) => required) || (old.additional !== undefined && now.additional === undefined),
      gained: old.additional !== undefined && now.additional === undefined,
    });
  }

  #property(old: PropertyModel, now: PropertyModel | undefined): void {
    if (now === undefined) return this.#effect({ lost: true, gained: true });
    this.#effect({ lost: now.required && !old.required, gained: old.required && !now.required });
    if (!old.readOnly && now.readOnly) this.#effect({ lost: true, gained: false });
    this.#types(old.type, now.type);
  }
}

function isSameReference(before: TypeModel, after: TypeModel, sides: Sides): boolean {
  return (
    before.kind === "reference" &&
    after.kind === "reference" &&
    ownName(before.name, sides.before) === ownName(after.name, sides.after) &&
    !isPropertyEnum(sides.before.schema(before.name)) &&
    !isPropertyEnum(sides.after.schema(after.name))
  );
}

/** Returns whether a schema is the named enum of a property. It is compared as part of the property's type. */
export function isPropertyEnum(schema: SchemaModel | undefined): boolean {
  return schema?.shape.kind === "alias" && schema.id === undefined && schema.inputOf === undefined;
}

/** Returns the name of a type, or for an input twin, the name of its original type. */
export function ownName(name: string, { schema }: NamedTypes): string {
  return schema(name)?.inputOf ?? name;
}

/** Follows aliases to the type behind them. A valid document has no cycles of aliases. */
function expanded(type: TypeModel, { schema }: NamedTypes): TypeModel {
  let target = type;
  for (;;) {
    const shape = target.kind === "reference" ? schema(target.name)?.shape : undefined;
    if (shape?.kind !== "alias") return target;
    target = shape.type;
  }
}

function isIntegerText({ format }: StringType): boolean {
  return format === "int64" || format === "uint64";
}

function isClosed(model: EnumModel | undefined): boolean {
  return model?.open === false;
}

function textsOf({ values }: EnumModel): ReadonlyMap<string, string> {
  return new Map(
    values.map(({ value, description, deprecated }) => [value, `${deprecated ? "deprecated: " : ""}${description}`]),
  );
}

/** Returns the text for a type in messages. */
export function typeText(type: TypeModel, types: NamedTypes): string {
  switch (type.kind) {
    case "string":
      if (type.enum !== undefined) return type.enum.open ? "an open enum" : "an enum";
      return type.format === undefined ? "string" : `string (${type.format})`;
    case "number": {
      const kind = type.integer ? "integer" : "number";
      return type.format === undefined ? kind : `${kind} (${type.format})`;
    }
    case "boolean":
    case "unknown":
      return type.kind;
    case "array":
      return `a list of ${typeText(type.items, types)}`;
    case "map":
      return `a map of ${typeText(type.values, types)}`;
    case "reference":
      return isPropertyEnum(types.schema(type.name))
        ? typeText(expanded(type, types), types)
        : ownName(type.name, types);
    case "union":
      return `one of ${type.members.map((member) => typeText(member, types)).join(", ")}`;
  }
}
