/** Options of commands that accept a selection of methods. */
import type { Selection } from "../model/selection.js";
import type { Options, Parsed } from "./command.js";

export const SELECTION_OPTIONS: Options = {
  include: { type: "string", multiple: true },
  exclude: { type: "string", multiple: true },
};

export const SELECTION_HELP = `  --include GLOB      only methods whose id matches, such as 'drive.files.*';
                      can be repeated
  --exclude GLOB      no methods whose id matches; can be repeated
`;

/** The selection of a command line. */
export function selection(parsed: Parsed): Selection {
  const [include, exclude] = [parsed.texts("include"), parsed.texts("exclude")];
  return { ...(include.length > 0 && { include }), ...(exclude.length > 0 && { exclude }) };
}
