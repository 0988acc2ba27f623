/** Thrown when a benchmark cannot run here, with what it lacks. */
export class Unavailable extends Error {
  override readonly name = "Unavailable";
}
