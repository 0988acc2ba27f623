/** The folder of gcloud's files: `CLOUDSDK_CONFIG`, else the platform's default. */
import type { Environment } from "../platform-types.js";

/** The path of one of these files. `undefined` if the environment does not define the folder. */
export function gcloudFile(name: string, env: Environment, platform: string, home: string): string | undefined {
  const isWindows = platform === "win32";
  const { APPDATA, CLOUDSDK_CONFIG } = env;
  const own = isWindows ? APPDATA && `${APPDATA}\\gcloud` : home && `${home}/.config/gcloud`;
  const folder = CLOUDSDK_CONFIG || own;
  return folder ? `${folder}${isWindows ? "\\" : "/"}${name}` : undefined;
}
