/** How Discogen's tools show names that may be misplaced secrets. Not for applications. */
export { quotedName, shownName } from "./redact.js";
