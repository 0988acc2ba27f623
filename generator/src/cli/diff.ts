/** `discogen diff`. */
import { type ChangeClass, diffModels } from "../diff/diff.js";
import { diffMarkdown, type DiffReport, diffReport, diffText } from "../diff/render.js";
import { choice, type Command, type ExitCode, parse, usage } from "./command.js";
import { loadNamed, openProject } from "./project.js";
import { SOURCE_HELP, SOURCE_OPTIONS } from "./sources.js";
import type { Terminal } from "./terminal.js";

export const diffCommand: Command = {
  summary: "Compare two documents",
  help: `
Usage: discogen diff <old> <new> [options]

Compare two documents as users of the generated client see them. Each change is
breaking, additive or documentation; together they call for a major, minor or
patch version.
Does not execute a config that is code: reads only discogen.config.json and the
lock.

  <old>, <new>        name:version, a path to a .json document, or its URL
  --reporter FORMAT   text (default), markdown, or json: one object on standard
                      output
  --fail-on KIND      breaking: exit 1 if a change is breaking
                      any: exit 1 if there is any change
${SOURCE_HELP}
Example:
  discogen diff old/sqladmin.json sqladmin:v1beta3 --fail-on breaking
`,
  run,
};

async function run(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const parsed = parse("diff", args, {
    ...SOURCE_OPTIONS,
    reporter: { type: "string" },
    "fail-on": { type: "string" },
  });
  const reporter = choice("diff", parsed, "reporter", ["text", "json", "markdown"]);
  const failOn =
    parsed.text("fail-on") === undefined ? undefined : choice("diff", parsed, "fail-on", ["breaking", "any"]);
  const [before, after, ...rest] = parsed.positionals;
  if (before === undefined || after === undefined || rest.length > 0)
    throw usage("diff", `takes two APIs, not ${parsed.positionals.length}`);
  const project = await openProject("diff", parsed, terminal);
  const [old, now] = await Promise.all([loadNamed(project, before), loadNamed(project, after)]);
  const diagnostics = [...old.warnings, ...now.warnings];
  const report = diffReport(old.model, now.model, diffModels(old.model, now.model));
  const isOk = !report.changes.some((entry) => failsOn(failOn, entry.class));
  terminal.stdout.write(render(report, reporter, { ok: isOk, diagnostics }));
  return isOk ? 0 : 1;
}

function failsOn(failOn: "any" | "breaking" | undefined, found: ChangeClass): boolean {
  return failOn === "any" || failOn === found;
}

function render(report: DiffReport, reporter: "json" | "markdown" | "text", run: object): string {
  if (reporter === "json") return `${JSON.stringify({ ...run, ...report }, undefined, 2)}\n`;
  return reporter === "markdown" ? diffMarkdown(report) : diffText(report);
}
