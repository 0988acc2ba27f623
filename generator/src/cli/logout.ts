/** `discogen logout`. */
import { shownName } from "@discogen/runtime/names";
import { diagnostic, printable } from "../diagnostics.js";
import { type Command, type ExitCode, parse, usage } from "./command.js";
import { printDiagnostics } from "./print.js";
import { clientOf, signInPath, signInProblem, signInStore } from "./sign-in.js";
import type { Terminal } from "./terminal.js";

export const logoutCommand: Command = {
  summary: "Revoke and delete the sign-in of login",
  help: `
Usage: discogen logout [options]

Revoke the access that you granted with discogen login, and delete the stored
tokens. If the access cannot be revoked now, the tokens are deleted, with a
warning. Credentials of gcloud are not changed.

  --help              print this text

Example:
  discogen logout
`,
  run,
};

async function run(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const { positionals } = parse("logout", args, {});
  if (positionals.length > 0) throw usage("logout", "takes no arguments");
  const { env, signal, stderr, stdout } = terminal;
  try {
    const store = await signInStore(env);
    const key = await store.read();
    if (key === undefined) {
      stderr.write("Not signed in.\n");
      return 0;
    }
    await revoke();
    await store.delete();
    stdout.write(`Signed out${key.account === undefined ? "" : ` ${printable(key.account)}`}.\n`);
    return 0;

    async function revoke(): Promise<void> {
      if (key === undefined) return;
      const { AuthError } = await import("@discogen/runtime");
      try {
        await (await clientOf(key)).revoke(key.refresh_token, { signal });
      } catch (error) {
        if (!(error instanceof AuthError)) throw error;
        printDiagnostics(terminal, [diagnostic("NOT_REVOKED", shownName(signInPath(env)), error.message)]);
      }
    }
  } catch (error) {
    throw await signInProblem("logout", error);
  }
}
