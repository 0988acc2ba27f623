/**
 * Doc comments on their way past a printer.
 *
 * Both printers take a comment apart at length, for its line breaks or for what it may open, so they are given its number
 * in its place, and the comment is put in after them. No text of a document can pass for such a number: it would have to
 * stand alone on a line, and neither string literals nor patterns of paths hold a line break.
 */
export class Comments {
  readonly #comments: (readonly string[])[] = [];

  /** Keeps the lines of a comment, without its delimiters. @returns what to have printed as its text */
  keep(lines: readonly string[]): string {
    return String(this.#comments.push(lines) - 1);
  }

  /** Puts the comments in. */
  fill(text: string): string {
    return text.replace(/^( *)\/\*\* (\d+) \*\/$/gm, (_, space: string, index: string) =>
      docComment(this.#comments[Number(index)] ?? [], space),
    );
  }
}

function docComment(lines: readonly string[], space: string): string {
  if (lines.length === 1) return `${space}/** ${lines.join("")} */`;
  return `${space}/**\n${lines.map((line) => `${space} *${line === "" ? "" : ` ${line}`}\n`).join("")}${space} */`;
}
