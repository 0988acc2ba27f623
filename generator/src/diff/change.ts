/** What a change is: one row of data, which every renderer shows in its way. */
import { printable } from "../diagnostics.js";

/**
 * What a change means to a program that uses the generated client:
 *
 * - `breaking`: a program that was right may not compile any more, or may be refused or misled when it runs
 * - `additive`: programs go on as they are, new ones can do more
 * - `documentation`: nothing that a program writes or reads changes: text, or the way a request travels
 */
export type ChangeClass = "additive" | "breaking" | "documentation";

/** What was changed. */
export type Subject = "api" | "method" | "parameter" | "property" | "resource" | "scope" | "type";

/** What of it was changed. */
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
  /** As a program writes it: `instances.list`, `instances.list(project)`, `DatabaseInstance.state`. */
  readonly name: string;
  /** JSON pointer into the new document; into the old one for what is gone. */
  readonly pointer: string;
  /** The predicate to `name`: "is gone", "is required now". May hold text of a document, made printable. */
  readonly message: string;
}

/** What a change is about. */
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

/** Text and deprecation, which methods, parameters, types and properties all have. */
export function toldChanges(place: Place, before: Told, after: Told): readonly Change[] {
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

export interface Told {
  readonly description: string;
  readonly deprecated: boolean;
}

/** One change of class documentation where two texts differ. */
export function changedText(
  place: Place,
  aspect: Aspect,
  before: string,
  after: string,
  what: string = aspect,
): readonly Change[] {
  return before === after ? [] : [change(place, aspect, "documentation", `has another ${what}`)];
}

/** The step that a package of the generated client has to make (Semantic Versioning 2.0.0, sections 6 to 8). */
export type SemverStep = "major" | "minor" | "none" | "patch";

/** Section 7 asks a minor step for a deprecation, too. */
export function semverStep(changes: readonly Change[]): SemverStep {
  if (changes.some((entry) => entry.class === "breaking")) return "major";
  if (changes.some((entry) => entry.class === "additive" || entry.aspect === "deprecated")) return "minor";
  return changes.length === 0 ? "none" : "patch";
}
