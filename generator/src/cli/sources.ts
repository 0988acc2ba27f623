/** The options that commands share which fetch documents. */
import { quotedName } from "@discogen/runtime/names";
import { hostsOf } from "../discovery/hosts.js";
import type { SourceOptions } from "../discovery/sources.js";
import { isUrl } from "../discovery/request.js";
import { type Options, type Parsed, usage } from "./command.js";
import type { Terminal } from "./terminal.js";

export const SOURCE_OPTIONS: Options = {
  offline: { type: "boolean" },
  "no-cache": { type: "boolean" },
  "directory-url": { type: "string" },
};

export const SOURCE_HELP = `  --offline           no network: documents that are pinned, bundled, or were fetched before
  --no-cache          fetch anew, and keep nothing
  --directory-url URL a mirror of Google's directory of APIs (also: DISCOGEN_DIRECTORY_URL)
`;

/**
 * What the command line says of fetching. Keys and tokens of the environment go to Google and to the hosts that the user
 * named: those of these APIs and of the directory, never those of a config.
 */
export function sourceOptions(
  command: string,
  parsed: Parsed,
  apis: readonly string[],
  env: Terminal["env"],
): SourceOptions {
  const offline = parsed.flag("offline");
  const directoryUrl = parsed.text("directory-url");
  if (offline && parsed.flag("no-cache")) throw usage(command, "--offline and --no-cache exclude each other");
  if (directoryUrl !== undefined && !isUrl(directoryUrl))
    throw usage(command, `--directory-url takes an http(s) URL, not ${quotedName(directoryUrl)}`);
  return {
    credentialHosts: hostsOf([directoryUrl, env["DISCOGEN_DIRECTORY_URL"], ...apis]),
    ...(offline && { offline }),
    ...(parsed.flag("no-cache") && { cache: false }),
    ...(directoryUrl !== undefined && { directoryUrl }),
  };
}
