/** How Discogen's tools show names that may be secrets in the wrong place. Not for applications. */
export { quotedName, shownName } from "./redact.js";
