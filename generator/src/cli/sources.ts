/** Options of commands that fetch documents. */
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

export const SOURCE_HELP = `  --offline           use no network: only pinned, bundled and cached documents
  --no-cache          fetch again, and do not use the cache
  --directory-url URL a mirror of Google's directory of APIs
                      (also: DISCOGEN_DIRECTORY_URL)
`;

/**
 * Reads the options of a command line. Keys and tokens of the environment are sent only to Google and to hosts that the
 * user named: those of these APIs and of the directory, never those of a config.
 */
export function sourceOptions(
  command: string,
  parsed: Parsed,
  apis: readonly string[],
  env: Terminal["env"],
): SourceOptions {
  const offline = parsed.flag("offline");
  const directoryUrl = parsed.text("directory-url");
  if (offline && parsed.flag("no-cache")) throw usage(command, "--offline and --no-cache cannot be combined");
  if (directoryUrl !== undefined && !isUrl(directoryUrl))
    throw usage(command, `--directory-url must be an http(s) URL, not ${quotedName(directoryUrl)}`);
  return {
    credentialHosts: hostsOf([directoryUrl, env["DISCOGEN_DIRECTORY_URL"], ...apis]),
    ...(offline && { offline }),
    ...(parsed.flag("no-cache") && { cache: false }),
    ...(directoryUrl !== undefined && { directoryUrl }),
  };
}
