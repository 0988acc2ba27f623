/** Thrown if a benchmark cannot run. The message names what is missing. */
export class Unavailable extends Error {
  override readonly name = "Unavailable";
}
