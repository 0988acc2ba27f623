/** The data of a change, which all renderers share. */
import { printable } from "../diagnostics.js";

/**
 * The effect of a change on programs that use the generated client:
 *
 * - `breaking`: a correct program may no longer compile, or may fail or behave differently at run time
 * - `additive`: existing programs work as before, new programs can do more
 * - `documentation`: only text changes, or the way a request is sent, but nothing that a program writes or reads
 */
export type ChangeClass = "additive" | "breaking" | "documentation";

/** The kind of element that changed. */
export type Subject = "api" | "method" | "parameter" | "property" | "resource" | "scope" | "type";

/** The part of the element that changed. */
export type Aspect =
  | "added"
  | "address"
  | "batch"
  | "default"
  | "deprecated"
  | "description"
  | "download"
  | "etag"
  | "format"
  | "http-method"
  | "name"
  | "operation"
  | "paging"
  | "pattern"
  | "range"
  | "read-only"
  | "region"
  | "removed"
  | "request"
  | "request-id"
  | "required"
  | "response"
  | "scopes"
  | "type"
  | "upload"
  | "value-added"
  | "value-removed"
  | "version";

export interface Change {
  readonly class: ChangeClass;
  readonly subject: Subject;
  readonly aspect: Aspect;
  /** Name in code: `instances.list`, `instances.list(project)`, `DatabaseInstance.state`. */
  readonly name: string;
  /** JSON pointer into the new document, or into the old one if the element was removed. */
  readonly pointer: string;
  /**
   * Completes a sentence that starts with `name`: "is removed", "is required now". Contains only printable characters.
   */
  readonly message: string;
}

/** The element that a change is about. */
export type Place = Pick<Change, "name" | "pointer" | "subject">;

export function change(place: Place, aspect: Aspect, changeClass: ChangeClass, message: string): Change {
  const { subject, name, pointer } = place;
  return {
    class: changeClass,
    subject,
    aspect,
    name: printable(name),
    pointer: printable(pointer),
    message: printable(message),
  };
}

/** Returns changes of description and deprecation. */
export function documentationChanges(place: Place, before: Documented, after: Documented): readonly Change[] {
  return [
    ...changedText(place, "description", before.description, after.description),
    ...(before.deprecated === after.deprecated
      ? []
      : [
          change(
            place,
            "deprecated",
            "documentation",
            after.deprecated ? "is deprecated now" : "is no longer deprecated",
          ),
        ]),
  ];
}

/** A method, parameter, type, or property. */
export interface Documented {
  readonly description: string;
  readonly deprecated: boolean;
}

/** Returns a change of class `documentation` if two texts differ. */
export function changedText(
  place: Place,
  aspect: Aspect,
  before: string,
  after: string,
  what: string = aspect,
): readonly Change[] {
  return before === after ? [] : [change(place, aspect, "documentation", `has a different ${what}`)];
}

/** The version step for a package with the generated client (Semantic Versioning 2.0.0, sections 6 to 8). */
export type SemverStep = "major" | "minor" | "none" | "patch";

/** Returns the version step for some changes. A deprecation requires a minor step, too (section 7). */
export function semverStep(changes: readonly Change[]): SemverStep {
  if (changes.some((entry) => entry.class === "breaking")) return "major";
  if (changes.some((entry) => entry.class === "additive" || entry.aspect === "deprecated")) return "minor";
  return changes.length === 0 ? "none" : "patch";
}
