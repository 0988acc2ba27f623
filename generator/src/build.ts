/** Builds clients at run time, for scripts and tools. */
import type { ClientOptions } from "@discogen/runtime";
import type { SourceOptions } from "./discovery/sources.js";
import type { DynamicClient } from "./dynamic/client.js";
import { loadModel } from "./load.js";

/**
 * Builds a client from a Discovery document. It has the same members as the generated client, but no types:
 *
 * ```ts
 * const sqladmin = await build("sqladmin:v1beta3", { auth: await applicationDefault() });
 * for await (const instance of sqladmin.instances.list({ project: "example-123" })) console.log(instance);
 * ```
 *
 * The client sends the credentials of `options.auth` to the host in the document, which can be any host. An id is first
 * looked up in the lock of the working folder. If you do not trust that folder, pass `rootUrl`, or `{ lock: false }`.
 *
 * @param api `name:version`, a path to a file, or an http(s) URL
 * @param options same as for a generated client
 * @param sources where to look up the document
 * @throws {InputError} if the document cannot be loaded, is invalid, or cannot be generated
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
