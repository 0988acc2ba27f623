/** The changelog, in the format of Keep a Changelog. */

const UNRELEASED = "## [Unreleased]\n";

/** Returns the changes under "Unreleased", or an empty string. */
export function unreleased(text: string): string {
  return sectionAfter(text, UNRELEASED);
}

/** Moves the changes under "Unreleased" to a separate section, with a link to the tag. */
export function withRelease(text: string, version: string, date: string, address: string): string {
  const link = `[${version}]: ${address}/releases/tag/v${version}\n`;
  const isLink = /^\[[^\]]+\]: /m;
  const changed = text.replace(UNRELEASED, `${UNRELEASED}\n## [${version}] - ${date}\n`);
  return isLink.test(changed)
    ? changed.replace(isLink, (first) => `${link}${first}`)
    : `${changed.trimEnd()}\n\n${link}`;
}

function sectionAfter(text: string, heading: string): string {
  const start = text.indexOf(heading);
  if (start === -1) return "";
  const rest = text.slice(start + heading.length);
  const end = rest.search(/^(?:## |\[[^\]]+\]: )/m);
  return (end === -1 ? rest : rest.slice(0, end)).trim();
}
