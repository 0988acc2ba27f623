/** `discogen scopes`. */
import { methodsOf } from "../model/methods.js";
import { recommendScopes, type ScopeAdvice, type ScopeChoice } from "../model/scopes.js";
import { printable } from "../diagnostics.js";
import { choice, type Command, type ExitCode, parse, usage } from "./command.js";
import { namedMember } from "./methods.js";
import { printJson } from "./print.js";
import { loadNamed, openProject } from "./project.js";
import { SOURCE_HELP, SOURCE_OPTIONS } from "./sources.js";
import type { Terminal } from "./terminal.js";

export const scopesCommand: Command = {
  summary: "Print the narrowest OAuth scopes for methods",
  help: `
Usage: discogen scopes <api> [method…] [options]

Print the narrowest OAuth 2.0 scopes for the methods, one per line. Without a
method, print those for all methods. Prefers scopes of the API to scopes that
many APIs share, and scopes for reading to scopes for writing. Uses scopes for
all of Google Cloud, and scopes that are limited to a part of the data, only if
a method accepts no other.
Standard output has only these scopes. Standard error has the other scopes that
are enough, with their descriptions.
Does not execute a config that is code: reads only discogen.config.json and the
lock.

  <api>               name:version, a path to a .json document, or its URL
  [method…]           ids, such as sql.instances.list or instances.list
${SOURCE_HELP}  --reporter FORMAT   text (default), or json: one object on standard output

Example:
  discogen scopes sqladmin:v1beta3 instances.list instances.get
`,
  run,
};

async function run(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const parsed = parse("scopes", args, { ...SOURCE_OPTIONS, reporter: { type: "string" } });
  const reporter = choice("scopes", parsed, "reporter", ["text", "json"]);
  const [api, ...names] = parsed.positionals;
  if (api === undefined) throw usage("scopes", "no API given");
  const { model, warnings } = await loadNamed(await openProject("scopes", parsed, terminal), api);
  const all = methodsOf(model.root);
  const methods = names.length === 0 ? all : names.map((name) => namedMember("scopes", name, model).method);
  const advice = recommendScopes(methods, {
    api: model.name,
    all,
    descriptions: new Map(model.scopes.map(({ scope, description }) => [scope, description])),
  });
  if (reporter === "json")
    printJson(terminal, {
      ok: true,
      api: model.id,
      methods: methods.map(({ id }) => id),
      scopes: advice.scopes.map(({ scope }) => scope),
      details: advice.scopes,
      alternatives: advice.alternatives,
      diagnostics: warnings,
    });
  else {
    terminal.stdout.write(advice.scopes.map(({ scope }) => `${scope}\n`).join(""));
    terminal.stderr.write(explanation(advice, methods.filter(({ scopes }) => scopes.length > 0).length));
  }
  return 0;
}

const limits: { readonly [Limit in NonNullable<ScopeChoice["limit"]>]: string } = {
  app: "Only data that the app created or opened.",
  metadata: "Only metadata, no content.",
};

/** Describes limits of the recommended scopes, and the other scopes. */
function explanation({ alternatives, isExact, scopes }: ScopeAdvice, total: number): string {
  const described = (choices: readonly ScopeChoice[]): string =>
    choices
      .map(({ description, limit, methods, scope }) => {
        const count = methods === total ? "" : ` (${String(methods)} of ${String(total)} methods)`;
        const texts = [description, limit === undefined ? "" : limits[limit]].filter((text) => text !== "");
        return `  ${printable(scope)}${count}\n${texts.map((text) => `      ${printable(text)}\n`).join("")}`;
      })
      .join("");
  const limited = scopes.filter(({ limit }) => limit !== undefined);
  return [
    limited.length === 0 ? "" : `No unlimited scope is enough for all methods. Limited:\n${described(limited)}`,
    alternatives.length === 0 ? "" : `Other scopes:\n${described(alternatives)}`,
    isExact ? "" : "There are too many combinations to compare. A smaller set may exist.\n",
  ].join("");
}
