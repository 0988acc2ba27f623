/** Changes → text for a terminal, Markdown for a pull request, or data for programs. */
import { printable } from "../diagnostics.js";
import type { ApiModel } from "../model/types.js";
import { type Change, type ChangeClass, semverStep, type SemverStep } from "./change.js";

export interface DiffReport {
  readonly before: ApiVersion;
  readonly after: ApiVersion;
  readonly semver: SemverStep;
  readonly counts: { readonly [changeClass in ChangeClass]: number };
  readonly changes: readonly Change[];
}

export type ApiVersion = Pick<ApiModel, "id" | "revision">;

const CLASSES: readonly ChangeClass[] = ["breaking", "additive", "documentation"];

export function diffReport(before: ApiVersion, after: ApiVersion, changes: readonly Change[]): DiffReport {
  const count = (changeClass: ChangeClass) => changes.filter((entry) => entry.class === changeClass).length;
  return {
    before: { id: before.id, revision: before.revision },
    after: { id: after.id, revision: after.revision },
    semver: semverStep(changes),
    counts: { breaking: count("breaking"), additive: count("additive"), documentation: count("documentation") },
    changes,
  };
}

/**
 * Returns the changes by class, breaking changes first. Within a class, changes are in the order of the documents.
 *
 * @param classes classes whose changes are listed. Changes of other classes are only counted.
 */
export function diffText(report: DiffReport, classes: readonly ChangeClass[] = CLASSES): string {
  const shown = byClass(report).filter(([changeClass]) => classes.includes(changeClass));
  const sections = shown.map(([changeClass, changes]) => {
    const lines = changes.map(({ subject, name, message }) => `  ${subject} ${name} ${message}\n`);
    return `${changeClass}\n${lines.join("")}\n`;
  });
  return `${heading(report)}\n\n${sections.join("")}${summary(report)}\n`;
}

export function diffMarkdown(report: DiffReport): string {
  const sections = byClass(report).map(([changeClass, changes]) => {
    const lines = changes.map(({ subject, name, message }) => `- ${subject} ${code(name)} ${escaped(message)}\n`);
    return `### ${changeClass}\n\n${lines.join("")}\n`;
  });
  return `## ${escaped(heading(report))}\n\n${sections.join("")}${summary(report)}\n`;
}

function byClass({ changes }: DiffReport): readonly (readonly [ChangeClass, readonly Change[]])[] {
  return CLASSES.map((name) => [name, changes.filter((entry) => entry.class === name)] as const).filter(
    ([, found]) => found.length > 0,
  );
}

function heading({ before, after }: DiffReport): string {
  return `${versionText(before)} → ${versionText(after)}`;
}

function versionText({ id, revision }: ApiVersion): string {
  return printable(revision === "" ? id : `${id} (${revision})`);
}

/** `3 breaking, 2 additive: requires a major version` */
function summary({ counts, semver }: DiffReport): string {
  const found = CLASSES.flatMap((name) => (counts[name] === 0 ? [] : [`${counts[name]} ${name}`]));
  return found.length === 0 ? "no changes" : `${found.join(", ")}: requires a ${semver} version`;
}

/** Returns a code span that is safe for text with backticks. */
function code(text: string): string {
  const longest = Math.max(0, ...Array.from(text.matchAll(/`+/g), ([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return longest === 0 ? `\`${text}\`` : `${fence} ${text} ${fence}`;
}

/** Escapes text of a document, so that it cannot contain links, images, tags, mentions, or lists. */
function escaped(text: string): string {
  return text.replace(/[\\`*_{}[\]<>()#|!&~@]/g, (character) => (character === "@" ? "@\u200b" : `\\${character}`));
}
