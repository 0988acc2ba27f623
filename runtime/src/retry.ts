/** The retry loop, for `@discogen/generator`. Not for applications. */
export { AttemptFailure, type Attempts, retry } from "./policy/retry-loop.js";
