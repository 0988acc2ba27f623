/** Colours, on a terminal that wants them (https://no-color.org). */

export interface Style {
  readonly error: (text: string) => string;
  readonly warning: (text: string) => string;
  readonly faint: (text: string) => string;
}

export function styleOf(stream: NodeJS.WriteStream): Style {
  const isColoured = stream.isTTY && (process.env["NO_COLOR"] ?? "") === "" && process.env["TERM"] !== "dumb";
  const paint = (code: number) => (text: string) => (isColoured ? `\u001b[${code}m${text}\u001b[0m` : text);
  return { error: paint(31), warning: paint(33), faint: paint(2) };
}
