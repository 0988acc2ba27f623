/** `discogen list`. */
import { bundledApis } from "../discovery/sources.js";
import { choice, type Command, parse } from "./command.js";

export const listCommand: Command = {
  summary: "lists the APIs that can be named without a document",
  help: `
Usage: discogen list [filter] [--reporter text|json]

Lists the bundled APIs whose id contains the filter.

Example:
  discogen list sql
`,
  run: async (args) => {
    const parsed = parse("list", args, { reporter: { type: "string" } });
    const reporter = choice("list", parsed, "reporter", ["text", "json"]);
    const apis = (await bundledApis()).filter((id) => id.includes(parsed.positionals[0] ?? ""));
    const entries = apis.map((id) => ({ id, source: "bundled" }));
    process.stdout.write(
      reporter === "json"
        ? `${JSON.stringify({ apis: entries }, undefined, 2)}\n`
        : apis.map((id) => `${id}  bundled\n`).join(""),
    );
    return 0;
  },
};
