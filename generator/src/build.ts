/** A client at run time, for scripts and tools. */
import type { ClientOptions } from "@discogen/runtime";
import type { SourceOptions } from "./discovery/sources.js";
import type { DynamicClient } from "./dynamic/client.js";
import { loadModel } from "./load.js";

/**
 * Makes a client of an API out of its Discovery document, with the members of the generated client and without types:
 *
 * ```ts
 * const sqladmin = await build("sqladmin:v1beta3", { auth: await applicationDefault() });
 * for await (const instance of sqladmin.instances.list({ project: "example-123" })) console.log(instance);
 * ```
 *
 * The credentials of `options.auth` are sent to the host that the document names, whatever host that is. An id is first
 * looked up in the lock of the working folder, which a stranger may have written: pass `rootUrl`, or `{ lock: false }`.
 *
 * @param api `name:version`, a path to a file, or an http(s) URL
 * @param options those of a generated client
 * @param sources where documents come from
 * @throws {InputError} when the document cannot be had, is no valid one, or cannot be generated
 * @throws {InvalidRequestError} with code `INVALID_OPTION`, listing every invalid option
 */
export async function build(
  api: string,
  options: ClientOptions = {},
  sources: SourceOptions = {},
): Promise<DynamicClient> {
  const [{ model }, { createClient }] = await Promise.all([loadModel(api, sources), import("./dynamic/client.js")]);
  return createClient(model, options);
}
