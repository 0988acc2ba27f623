/** A page: `?INPUT`. */
import { runChecks } from "./checks.ts";

void runChecks({ input: JSON.parse(decodeURIComponent(location.search.slice(1))) });
