/**
 * `instanceof` across copies of this package: ES modules and CommonJS in one program, or two installed copies. Values
 * store the name of their class under a registered symbol.
 */
const mark: unique symbol = Symbol.for("@discogen/runtime.kind");

/** The function that `instanceof` calls. */
export type InstanceCheck = (value: unknown) => boolean;

/** Sets the kind of an instance, or of all instances of a prototype. */
export function setKind(target: object, kind: string): void {
  Object.defineProperty(target, mark, { value: kind });
}

/** Returns the kind of this object itself, not of its prototypes. */
export function ownKind(target: object): string | undefined {
  const kind: unknown = Object.getOwnPropertyDescriptor(target, mark)?.value;
  return typeof kind === "string" ? kind : undefined;
}

/** Returns whether a value or one of its prototypes has this kind. */
export function isKind(value: unknown, kind: string): boolean {
  for (let link: unknown = value; typeof link === "object" && link !== null; link = Object.getPrototypeOf(link)) {
    if (ownKind(link) === kind) return true;
  }
  return false;
}

/** The ordinary `instanceof`. */
export function hasPrototypeOf(type: unknown, value: unknown): boolean {
  return Function.prototype[Symbol.hasInstance].call(type, value);
}

/**
 * Returns a `static [Symbol.hasInstance]` for a class whose constructor calls {@link setKind}. Has no side effects, so
 * bundlers can remove the class.
 */
export function instancesOf(kind: string): InstanceCheck {
  return function check(this: unknown, value: unknown): boolean {
    // A subclass inherits the check and does not set a kind.
    const isOwn = typeof this === "function" && Object.hasOwn(this, Symbol.hasInstance);
    return isOwn ? isKind(value, kind) : hasPrototypeOf(this, value);
  };
}
