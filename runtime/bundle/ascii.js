/** Escapes non-ASCII characters: a single one doubles the memory of a module's text and the time to read it. */
export const ascii = {
  name: "ascii",
  generateBundle: (_options, bundle) => {
    for (const chunk of Object.values(bundle).filter(({ fileName }) => /\.c?js$/.test(fileName)))
      chunk.code = chunk.code.replace(/[^\0-\x7f]/g, escaped);
  },
};

function escaped(unit) {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
