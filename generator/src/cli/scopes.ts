/** `discogen scopes`. */
import { methodsOf } from "../model/methods.js";
import { fewestScopes } from "../model/scopes.js";
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
method, print those for all methods. If several sets of scopes fit, it prints
the one that allows the fewest other methods.
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
  const scopes = fewestScopes(
    methods.map((method) => method.scopes),
    all.map((method) => method.scopes),
  );
  if (reporter === "json")
    printJson(terminal, {
      ok: true,
      api: model.id,
      methods: methods.map(({ id }) => id),
      scopes,
      diagnostics: warnings,
    });
  else terminal.stdout.write(scopes.map((scope) => `${scope}\n`).join(""));
  return 0;
}
