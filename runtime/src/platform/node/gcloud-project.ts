/** The project of gcloud's active configuration, from its variables and files. Starts no process. */
import { gcloudFile } from "../gcloud.js";
import { readTextFile } from "./files.js";
import type { Environment } from "../../platform-types.js";
import { shownName } from "../../redact.js";

/** A place with a project ID, which is not checked, or a clause about why it has no project. */
export type GcloudProject = { readonly place: string; readonly id: string } | { readonly problem: string };

const configurationName: RegExp = /^[\w-]{1,100}$/;

/** Reads gcloud's project as gcloud does: `CLOUDSDK_CORE_PROJECT`, else `project` of the active configuration. */
export async function gcloudProject(env: Environment, platform: string, home: string): Promise<GcloudProject> {
  const { CLOUDSDK_ACTIVE_CONFIG_NAME: named, CLOUDSDK_CORE_PROJECT: project } = env;
  if (project) return { place: "CLOUDSDK_CORE_PROJECT", id: project };
  const file = (name: string): string | undefined => gcloudFile(name, env, platform, home);
  const activeFile = file("active_config");
  if (activeFile === undefined) return { problem: "gcloud's folder is unknown" };
  const active = named ? { text: named } : await readIfPossible(activeFile);
  const name = ("text" in active ? active.text.trim() : "") || "default";
  const nameSource = named ? "CLOUDSDK_ACTIVE_CONFIG_NAME" : shownName(activeFile);
  // The name is a part of a path.
  if (!configurationName.test(name)) return { problem: `${nameSource} does not name a configuration` };
  // gcloud's reserved name for having no configuration.
  if (name === "NONE") return { problem: `${nameSource} turns off gcloud's configuration` };
  const path = file(`configurations${platform === "win32" ? "\\" : "/"}config_${name}`) ?? "";
  const place = shownName(path);
  const content = await readIfPossible(path);
  if ("reason" in content) return { problem: `${place} ${content.reason}` };
  const id = coreProject(content.text);
  return id === undefined ? { problem: `${place} has no project` } : { place, id };
}

async function readIfPossible(path: string): Promise<{ readonly text: string } | { readonly reason: string }> {
  let reason = "";
  try {
    return {
      text: await readTextFile(path, (message, code) => {
        reason = code === "ENOENT" || code === "ENOTDIR" ? "does not exist" : message;
        return new Error(message);
      }),
    };
  } catch {
    return { reason };
  }
}

/** The option `project` in the section `core` of an INI file. `undefined` if it is not set. */
function coreProject(text: string): string | undefined {
  let section = "";
  let project = "";
  for (const line of text.replace(/^\ufeff/, "").split(/\r\n|\r|\n/)) {
    // A comment may end a line, since no project ID contains a space.
    const content = line.replace(/(?:^|\s)[#;].*$/, "").trim();
    const [, header] = /^\[([^\]]*)\]/.exec(content) ?? [];
    const [, key, value = ""] = /^([\w.-]+)\s*[=:]\s*(.*)$/.exec(content) ?? [];
    if (header !== undefined) section = header.trim();
    else if (section === "core" && key?.toLowerCase() === "project") project = value;
  }
  // gcloud prints "(unset)" for an option without a value.
  return project === "" || project === "(unset)" || project === "unset" ? undefined : project;
}
