/** Where gcloud keeps its files: `CLOUDSDK_CONFIG`, else a folder of the platform's. */
import type { Environment } from "../platform-types.js";

/** The path of one of them. `undefined` where the environment does not tell. */
export function gcloudFile(name: string, env: Environment, platform: string, home: string): string | undefined {
  const isWindows = platform === "win32";
  const { APPDATA, CLOUDSDK_CONFIG } = env;
  const own = isWindows ? APPDATA && `${APPDATA}\\gcloud` : home && `${home}/.config/gcloud`;
  const folder = CLOUDSDK_CONFIG || own;
  return folder ? `${folder}${isWindows ? "\\" : "/"}${name}` : undefined;
}
