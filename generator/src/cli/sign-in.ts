/** The sign-in that `discogen login` stores, for the commands that authenticate. */
import { homedir } from "node:os";
import { join } from "node:path";
import type { AdditionalPlace, AuthorizedUserKey, OAuthClient, TokenStore } from "@discogen/runtime/auth";
import { shownName } from "@discogen/runtime/names";
import { diagnostic, InputError } from "../diagnostics.js";
import type { Terminal } from "./terminal.js";

/** Ends the messages about a sign-in that cannot be used. */
export const SIGN_IN_ADVICE = "Run `discogen login --client FILE`";

/** Returns the path of the stored sign-in: in `discogen` in the user's config folder. */
export function signInPath({ APPDATA, XDG_CONFIG_HOME }: Terminal["env"], platform: string = process.platform): string {
  const base = platform === "win32" ? APPDATA : XDG_CONFIG_HOME;
  return join(base || join(homedir(), ".config"), "discogen", "credentials.json");
}

/** Returns the store of the sign-in. */
export async function signInStore(env: Terminal["env"]): Promise<TokenStore> {
  const { fileTokenStore } = await import("@discogen/runtime/auth");
  return fileTokenStore(signInPath(env));
}

/** Returns the OAuth client of a stored sign-in. */
export async function clientOf(key: AuthorizedUserKey): Promise<OAuthClient> {
  const { OAuthClient } = await import("@discogen/runtime/auth");
  return new OAuthClient({
    clientId: key.client_id,
    clientSecret: key.client_secret,
    tokenUri: key.token_uri,
    universeDomain: key.universe_domain,
    // Required in other universes, but used only to sign in.
    authUri: "https://accounts.google.com/o/oauth2/v2/auth",
    signInAdvice: SIGN_IN_ADVICE,
  });
}

/** The place of the stored sign-in in the search for credentials. Refreshed tokens are stored there. */
export function signInPlace(env: Terminal["env"]): AdditionalPlace {
  return {
    place: "discogen login",
    file: shownName(signInPath(env)),
    async find({ scopes, subject }) {
      const store = await signInStore(env);
      const key = await store.read();
      if (key === undefined) return "has no sign-in";
      if (subject !== undefined) {
        const { InvalidRequestError } = await import("@discogen/runtime");
        const message = "is for service accounts, and `discogen login` stores the sign-in of a user";
        throw new InvalidRequestError("credentials", [{ parameter: "subject", message }], "INVALID_OPTION");
      }
      const client = await clientOf(key);
      return (await client.restore(store, { scopes })) ?? "has no sign-in";
    },
  };
}

/** Converts errors of the runtime to diagnostics of a command. Their messages contain no secrets. */
export async function signInProblem(command: string, error: unknown): Promise<unknown> {
  const { AuthError, InvalidRequestError } = await import("@discogen/runtime");
  if (error instanceof InvalidRequestError)
    return new InputError([
      diagnostic("USAGE", `discogen ${command}`, error.message, { help: `Run \`discogen ${command} --help\`.` }),
    ]);
  if (!(error instanceof AuthError)) return error;
  const help = HELP[error.code] ?? (error.code.startsWith("KEY_") ? CLIENT_HELP : undefined);
  const options = help === undefined ? {} : { help };
  return new InputError([diagnostic("SIGN_IN_FAILED", `discogen ${command}`, error.message, options)]);
}

const CLIENT_HELP = "Pass the JSON file of an OAuth client with --client.";

const HELP: Readonly<Record<string, string>> = {
  CONSENT_DENIED:
    "Run `discogen login` again, and grant access on the page. The earlier sign-in, if any, is unchanged.",
  CONSENT_CODE_REFUSED: "Run `discogen login` again. The earlier sign-in, if any, is unchanged.",
  CONSENT_PORT_UNAVAILABLE: "Pass another port with --port, or none to use a free one.",
  CONSENT_STATE_MISMATCH: "Run `discogen login` again, and use only the page that it opens.",
  CONSENT_TIMEOUT: "Run `discogen login` again, with a larger --timeout if you need more time.",
  REFRESH_TOKEN_REVOKED: "Run `discogen login` again.",
  TOKEN_STORE_MISMATCH: "Run `discogen logout` first.",
  TOKEN_STORE_UNREADABLE: "Correct or delete this file, then run `discogen login`.",
  TOKEN_STORE_UNWRITABLE: "Check the permissions of the file and its folder.",
};
