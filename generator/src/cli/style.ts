/** Colors of terminals (https://no-color.org, https://force-color.org). */

import type { Output, Terminal } from "./terminal.js";

export interface Style {
  readonly error: (text: string) => string;
  readonly warning: (text: string) => string;
  readonly faint: (text: string) => string;
}

export function styleOf(stream: Output, env: Terminal["env"]): Style {
  const isColored = choiceOf(env) ?? (stream.isTTY === true && env["TERM"] !== "dumb");
  const paint = (code: number) => (text: string) => (isColored ? `\u001b[${code}m${text}\u001b[0m` : text);
  return { error: paint(31), warning: paint(33), faint: paint(2) };
}

/** The choice of the environment. FORCE_COLOR takes precedence over NO_COLOR, as in Node. */
function choiceOf({ FORCE_COLOR: force = "", NO_COLOR: none = "" }: Terminal["env"]): boolean | undefined {
  if (force !== "") return force !== "0" && force !== "false";
  return none === "" ? undefined : false;
}
