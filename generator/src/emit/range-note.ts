/** Returns a sentence about the bounds of a number; undefined if it has none. */
export function rangeNote(minimum: string | undefined, maximum: string | undefined): string | undefined {
  const low = number(minimum);
  const high = number(maximum);
  if (low !== undefined && high !== undefined) return `From ${low} to ${high}.`;
  if (low !== undefined) return `At least ${low}.`;
  return high === undefined ? undefined : `At most ${high}.`;
}

function number(text: string | undefined): string | undefined {
  return text !== undefined && /^[-+.\dEe]+$/.test(text) ? text : undefined;
}
