/** Checks the names of options, because callers often have no type checks. */
import { type Fault, addFault } from "../errors.js";
import { printable, redact } from "../redact.js";
import { nearestName } from "./nearest.js";

/** Names of options. The compiler reports a missing one. */
export type Known<Options> = { readonly [Name in keyof Required<Options>]: 1 };

/** Replacements for options of googleapis and google-auth-library. */
const replacements: { readonly [name: string]: string } = {
  alt: "for content, call the method whose name ends in Media",
  apiEndpoint: "use rootUrl",
  apiKey: "use auth: new ApiKeyCredentials(key)",
  baseURL: "use rootUrl",
  credentials: "use auth",
  data: "pass the body as requestBody, with the parameters",
  endpoint: "use rootUrl",
  key: "use auth: new ApiKeyCredentials(key)",
  keyFile: "use auth: await ServiceAccountCredentials.fromFile(path)",
  keyFilename: "use auth: await ServiceAccountCredentials.fromFile(path)",
  params: "pass parameters as the first argument of the method",
  proxy: "use dispatcher: new ProxyAgent(url)",
  responseType: "for content, call the method whose name ends in Media",
  url: "use rootUrl",
};

/** Reports each unknown name with a suggestion. `prefix` precedes the name, for example `retry.`. */
export function checkNames(options: object, known: { readonly [name: string]: 1 }, faults: Fault[], prefix = ""): void {
  for (const name of Object.keys(options)) {
    // Any object can be read by name.
    if (known[name] === 1 || (options as { readonly [name: string]: unknown })[name] === undefined) continue;
    addFault(faults, prefix + printable(redact(name), 100), `is not an option${hint(name, Object.keys(known))}`);
  }
}

function hint(name: string, known: readonly string[]): string {
  if (Object.hasOwn(replacements, name)) return `: ${replacements[name] ?? ""}`;
  const nearest = nearestName(name, known);
  return nearest === undefined ? `; the options are ${known.join(", ")}` : `; did you mean ${nearest}?`;
}
