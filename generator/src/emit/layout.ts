/** Types as text on one line → the same text within the column limit. */

/** The most columns of a line, unless it holds one token that cannot be broken. */
export const COLUMNS = 120;

const CLOSING: Readonly<Record<string, string>> = { "(": ")", "<": ">", "[": "]", "{": "}" };

/** String literals and template literal types hold brackets and separators that are none. */
const TOKEN = /"(?:[^"\\]|\\.)*"|`(?:[^`\\]|\\.)*`|[^"`]/gsu;

/**
 * The type as it is if it ends within the limit, else broken at its outermost unions, arguments and members.
 *
 * @param column Where it starts.
 * @param indent Of the line it starts on.
 * @param after How many columns follow it on its last line.
 */
export function layout(type: string, column: number, indent: number, after = 0): string {
  if (column + type.length + after <= COLUMNS) return type;
  for (const operator of ["|", "&"]) {
    const members = split(type, operator);
    if (members.length < 2) continue;
    const start = `\n${" ".repeat(indent + 2)}${operator} `;
    return members.map((member) => start + layout(member, indent + 4, indent + 4, after)).join("");
  }
  const group = outerGroup(type);
  if (group === undefined) return type;
  const { head, open, body, tail } = group;
  const space = " ".repeat(indent + 2);
  const lines =
    open === "{"
      ? split(body, ";").map((member) => `${space}${memberLayout(member, indent + 2)};`)
      : [
          split(body, ",")
            .map((argument) => argumentLayout(argument, indent + 2))
            .join(",\n"),
        ];
  return `${head}${open}\n${lines.join("\n")}\n${" ".repeat(indent)}${CLOSING[open] ?? ""}${tail}`;
}

/** One argument on lines of its own; a union that is broken begins at its first member. */
function argumentLayout(argument: string, indent: number): string {
  const isUnion = ["|", "&"].some((operator) => split(argument, operator).length > 1);
  const broken = layout(argument, indent, isUnion ? indent - 2 : indent, 1);
  return broken.startsWith("\n") ? broken.slice(1) : " ".repeat(indent) + broken;
}

/** `name?: type`, without the semicolon. */
export function memberLayout(member: string, indent: number): string {
  const [key = "", ...rest] = split(member, ":");
  const type = rest.join(": ");
  const broken = layout(type, indent + key.length + 2, indent, 1);
  if (!broken.includes("\n") && indent + key.length + broken.length + 3 > COLUMNS)
    return `${key}:\n${" ".repeat(indent + 2)}${broken}`;
  return `${key}:${broken.startsWith("\n") ? "" : " "}${broken}`;
}

/** The parts of a text between separators outside of all brackets and strings, trimmed; empty ones are left out. */
export function split(text: string, separator: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let part = "";
  for (const [token] of text.matchAll(TOKEN)) {
    if (token in CLOSING) depth += 1;
    else if (/^[)>\]}]$/.test(token)) depth -= 1;
    if (token === separator && depth === 0) {
      parts.push(part.trim());
      part = "";
    } else part += token;
  }
  return [...parts, part.trim()].filter((one) => one !== "");
}

/** `Name<…>`, `(…)[]` or `{ … }`: what stands before, in and after the brackets that end the text. */
function outerGroup(
  text: string,
): { readonly head: string; readonly open: string; readonly body: string; readonly tail: string } | undefined {
  const tail = /(?:\[\])*$/.exec(text)?.[0] ?? "";
  const end = text.length - tail.length - 1;
  let at = 0;
  let depth = 0;
  let start = -1;
  for (const [token] of text.matchAll(TOKEN)) {
    if (token in CLOSING) {
      if (depth === 0) start = at;
      depth += 1;
    } else if (/^[)>\]}]$/.test(token)) {
      depth -= 1;
      if (depth === 0 && at === end) {
        return { head: text.slice(0, start), open: text.charAt(start), body: text.slice(start + 1, end), tail };
      }
    }
    at += token.length;
  }
  return undefined;
}
