/** The names of options, and what is said of one that is unknown: options often come without types. */
import { type Fault, addFault } from "../errors.js";
import { nearestName } from "./nearest.js";
import { printable, redact } from "../redact.js";

/** Names of options; the type has the compiler report one that is missing. */
export type Known<Options> = { readonly [Name in keyof Required<Options>]: 1 };

/** What stands for options of googleapis and google-auth-library that are named otherwise here. */
const elsewhere: { readonly [name: string]: string } = {
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

/** Reports each name of `options` that is unknown, with what may be meant. `prefix`: `retry.` */
export function checkNames(options: object, known: { readonly [name: string]: 1 }, faults: Fault[], prefix = ""): void {
  for (const name of Object.keys(options)) {
    // Any object can be read by name.
    if (known[name] === 1 || (options as { readonly [name: string]: unknown })[name] === undefined) continue;
    addFault(faults, prefix + printable(redact(name), 100), `is no option${hint(name, Object.keys(known))}`);
  }
}

function hint(name: string, known: readonly string[]): string {
  if (Object.hasOwn(elsewhere, name)) return `: ${elsewhere[name] ?? ""}`;
  const nearest = nearestName(name, known);
  return nearest === undefined ? `; there are ${known.join(", ")}` : `; did you mean ${nearest}?`;
}
