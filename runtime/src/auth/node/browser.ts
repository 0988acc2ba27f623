/** Starts the browser of this machine. */
import { operatingSystem, variables } from "../../platform/node/environment.js";

/** Milliseconds after which a program that still runs counts as started. */
const startTime = 1000;

/**
 * Opens a page in the default browser of this machine. Starts the platform's program for it without a shell.
 *
 * @returns Whether it could be started. `false` on machines without a screen.
 */
export async function openBrowser(url: string): Promise<boolean> {
  // Other schemes could start other programs.
  if (!/^https?:\/\/[^\s"]+$/.test(url)) return false;
  const command = commandFor(operatingSystem());
  if (command === undefined) return false;
  const [file, ...parameters] = command;
  const { spawn } = process.getBuiltinModule("node:child_process");
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(true), startTime);
    const settle = (isStarted: boolean): void => {
      clearTimeout(timer);
      resolve(isStarted);
    };
    try {
      const child = spawn(file, [...parameters, url], { detached: true, stdio: "ignore", windowsHide: true });
      child.once("error", () => settle(false));
      child.once("exit", (code) => settle(code === 0));
      child.unref();
    } catch {
      // Some errors are thrown, for example without permission to start programs.
      settle(false);
    }
  });
}

function commandFor(platform: string): readonly [file: string, ...parameters: string[]] | undefined {
  switch (platform) {
    case "darwin":
      return ["open"];
    case "win32":
      return ["rundll32", "url.dll,FileProtocolHandler"];
    default:
      return hasScreen() ? ["xdg-open"] : undefined;
  }
}

/** Without a screen, `xdg-open` may start a browser for terminals. `BROWSER` names a program that needs no screen. */
function hasScreen(): boolean {
  const { BROWSER, DISPLAY, WAYLAND_DISPLAY } = variables();
  return [BROWSER, DISPLAY, WAYLAND_DISPLAY].some((value) => value !== undefined);
}
