/**
 * Every diagnostic that Discogen reports about its input: one entry per code, with the severity and the fix.
 *
 * A diagnostic names the file, the place (a JSON pointer), the problem, and what to do. Control characters in text from
 * documents are replaced here, so that no document can control a terminal.
 */
import { shownName } from "@discogen/runtime/names";

export type Severity = "error" | "warning";

/** The parts of a diagnostic that depend only on its code. */
interface CodeEntry {
  readonly severity: Severity;
  /** The kind of problem, without details. */
  readonly title: string;
  /** What to do about it. */
  readonly help: string;
}

/** One entry per kind of problem. The keys are stable: scripts may match on them. */
export const codes = {
  INTERNAL_ERROR: {
    severity: "error",
    title: "A bug in Discogen",
    help: "Please report it, with the text below and the steps that lead to it.",
  },
  USAGE: {
    severity: "error",
    title: "The command line is invalid",
    help: "Run `discogen --help`, or `discogen <command> --help`.",
  },
  UNKNOWN_API: {
    severity: "error",
    title: "Unknown API",
    help: "Run `discogen list` to see the known APIs, or pass the path or URL of a Discovery document, such as 'https://sheets.googleapis.com/$discovery/rest?version=v4'.",
  },
  OTHER_API: {
    severity: "error",
    title: "The document describes another API than the requested one",
    help: "Correct the id or the source of the API.",
  },
  DUPLICATE_API: {
    severity: "error",
    title: "Two documents of the same API in one run",
    help: "Generate each document in its own run, with its own --out folder.",
  },
  FILE_UNREADABLE: {
    severity: "error",
    title: "A file cannot be read",
    help: "Check the path and its permissions.",
  },
  DOCUMENT_TOO_LARGE: {
    severity: "error",
    title: "The document is too large for a Discovery document",
    help: "Google's largest Discovery document has 6 MB. Check that this is a Discovery document, or remove the parts that you do not need.",
  },
  FETCH_FAILED: {
    severity: "error",
    title: "A document cannot be fetched",
    help: "Check the URL and the network, or download the document and pass the path of the file.",
  },
  DOCUMENT_GONE: {
    severity: "error",
    title: "No document was found at the URL",
    help: "The API may be retired. Run `discogen list` to see the available APIs.",
  },
  OFFLINE: {
    severity: "error",
    title: "The document is not cached, and --offline forbids to fetch it",
    help: "Run the command once without --offline to cache the document.",
  },
  DIRECTORY_UNREACHABLE: {
    severity: "warning",
    title: "The directory of APIs cannot be fetched",
    help: "Check the network, or pass the URL of a mirror with --directory-url.",
  },
  CONFIG_MISSING: {
    severity: "error",
    title: "Config file not found",
    help: "Run `discogen init` to create a config file, or pass its path with --config.",
  },
  CONFIG_EXISTS: {
    severity: "error",
    title: "A config file exists already",
    help: "Edit the file, or delete it first.",
  },
  CONFIG_UNLOADABLE: {
    severity: "error",
    title: "The config file cannot be loaded",
    help: "A config file is a JSON object, or a module whose default export is `defineConfig({ … })` from @discogen/generator.",
  },
  CONFIG_INVALID: {
    severity: "error",
    title: "The config is invalid",
    help: "A config has the form { output, apis: ['sqladmin:v1beta3', { id, source, patch, include, exclude, enums, streaming }] }.",
  },
  CONFIG_NOT_EXECUTED: {
    severity: "warning",
    title: "This command does not execute a config that is code",
    help: "Pass the path or URL of the document, pin it with `discogen generate`, or write the config as discogen.config.json.",
  },
  LOCK_INVALID: {
    severity: "error",
    title: "The lock cannot be read",
    help: "Restore it from version control, or delete it and run `discogen update`.",
  },
  LOCK_MISMATCH: {
    severity: "error",
    title: "A pinned document does not match the lock",
    help: "Restore it from version control, or fetch it again with `discogen update`. To use a document of your own, set it as the `source` of the API in the config.",
  },
  STALE_OUTPUT_KEPT: {
    severity: "warning",
    title: "Output of an API that is no longer generated was not deleted",
    help: "The file was edited after Discogen wrote it. Delete it if you do not need it.",
  },
  OUTPUT_UNWRITABLE: {
    severity: "error",
    title: "The output cannot be written",
    help: "Pass a writable folder with --out.",
  },
  OUTPUT_EXISTS: {
    severity: "error",
    title: "The output would replace a file that Discogen did not write",
    help: "Move the file, pass another folder with --out, or add --force to replace the file.",
  },
  DISK_FULL: {
    severity: "error",
    title: "The disk or the disk quota is full",
    help: "Free some space, or write to another disk.",
  },
  OUTPUT_STALE: {
    severity: "error",
    title: "The output is not up to date",
    help: "Run `discogen generate` with the same options to update the output.",
  },
  SIGN_IN_FAILED: {
    severity: "error",
    title: "Credentials are missing or were rejected",
    help: "Run `discogen login` or `gcloud auth application-default login`, or pass a credential file with --credentials or GOOGLE_APPLICATION_CREDENTIALS.",
  },
  NOT_REVOKED: {
    severity: "warning",
    title: "The access of a deleted sign-in is not revoked",
    help: "Revoke it at https://myaccount.google.com/permissions.",
  },
  UNTRUSTED_HOST: {
    severity: "error",
    title: "The request would send credentials to a host that is not Google's",
    help: "Check where the document comes from. If you trust that host with your credentials, pass its address with --root-url. For credentials of another universe, set GOOGLE_CLOUD_UNIVERSE_DOMAIN.",
  },
  CALL_FAILED: {
    severity: "error",
    title: "The API returned an error",
    help: "Run `discogen call <api> <method> --help` to see the parameters and scopes of a method.",
  },
  INVALID_JSON: {
    severity: "error",
    title: "The document is not valid JSON",
    help: 'Fetch the document again. It must start with \'{\' and contain "kind": "discovery#restDescription".',
  },
  NOT_A_DISCOVERY_DOCUMENT: {
    severity: "error",
    title: "The JSON is not a Discovery document",
    help: 'A Discovery document is an object with "kind": "discovery#restDescription", "name" and "version".',
  },
  PATCH_MISPLACED: {
    severity: "error",
    title: "A patch points to a value that the document does not have",
    help: "Correct `at` in that entry of `patch`, or remove the entry if the document no longer needs it. To add a member, patch the object that contains it.",
  },
  TOO_DEEP: {
    severity: "error",
    title: "The document is nested too deeply",
    help: "Move the inner objects into separate schemas, and refer to them with $ref.",
  },
  WRONG_TYPE: {
    severity: "error",
    title: "A value has the wrong JSON type",
    help: "Correct the value, or remove it from the document.",
  },
  UNSAFE_NAME: {
    severity: "error",
    title: "A name is not a valid folder name",
    help: "Use letters, digits, '.', '_' and '-'. Start with a letter or digit, and do not end with '.'. Device names of Windows, such as con or nul, are not allowed.",
  },
  INVALID_ROOT_URL: {
    severity: "error",
    title: "The root URL is invalid",
    help: "Use an http(s) URL without user name, password, query, or fragment.",
  },
  INVALID_HTTP_METHOD: {
    severity: "error",
    title: "The HTTP method is missing or unknown",
    help: "Set `httpMethod` to DELETE, GET, HEAD, OPTIONS, PATCH, POST, or PUT.",
  },
  INVALID_LOCATION: {
    severity: "error",
    title: "The location of a parameter is neither path nor query",
    help: 'Correct its "location", or remove the parameter from the document.',
  },
  MISSING_PATH: {
    severity: "error",
    title: "A method has no path",
    help: 'Add a "path" to the method.',
  },
  INVALID_PATH_TEMPLATE: {
    severity: "error",
    title: "The path template is invalid",
    help: "Use only the expressions {x}, {+x} and {/x*} of RFC 6570.",
  },
  REFERENCE_CYCLE: {
    severity: "error",
    title: "Schemas only refer to each other in a cycle",
    help: "Add properties, items, or a type to one of the schemas of the cycle.",
  },
  CASE_ONLY_DIFFERENCE: {
    severity: "error",
    title: "Two schema ids differ only in case",
    help: "Rename one of the schemas.",
  },
  DUPLICATE_METHOD: {
    severity: "error",
    title: "Two methods have the same id",
    help: "Use a different id for each method.",
  },
  MISSING_ROOT_URL: {
    severity: "warning",
    title: "The document has no root URL",
    help: 'Add a "rootUrl" to the document, or pass `rootUrl` to the client.',
  },
  ACRONYM_SPELLED_TWO_WAYS: {
    severity: "warning",
    title: "Two schema ids differ only in the spelling of an acronym",
    help: "Both types are generated. Check which one you import.",
  },
  DANGLING_REFERENCE: {
    severity: "warning",
    title: "A $ref names a schema that does not exist",
    help: "The generated type is `unknown`. Add the schema, or correct the $ref.",
  },
  UNDECLARED_PATH_PARAMETER: {
    severity: "warning",
    title: "A path variable has no matching parameter",
    help: "The variable becomes a required string parameter. Declare it in the method's parameters.",
  },
  UNUSED_PATH_PARAMETER: {
    severity: "warning",
    title: "A path parameter does not occur in the path",
    help: "The parameter is omitted, because there is no place to send it. Correct its location, or the path.",
  },
  REQUIREMENTS_TOO_LARGE: {
    severity: "warning",
    title: "A request body has too many required properties for its type",
    help: "The deepest properties are optional in the type. Their doc comments state that they are required.",
  },
  EMPTY_REQUEST: {
    severity: "warning",
    title: "A request has no schema",
    help: "The generated method takes no body. Refer to a schema with $ref, or remove the request from the document.",
  },
  BODY_NOT_SENT: {
    severity: "warning",
    title: "A GET or HEAD method has a request body",
    help: "The generated method takes no body: in GET and HEAD requests a body has no meaning (RFC 9110, section 9.3.1).",
  },
  UNKNOWN_TYPE: {
    severity: "warning",
    title: "Unknown type",
    help: "The generated type is `unknown`. Use string, integer, number, boolean, array, object, or any.",
  },
  UNKNOWN_FORMAT: {
    severity: "warning",
    title: "Unknown format",
    help: "The format only appears in the doc comment.",
  },
  INVALID_PATTERN: {
    severity: "warning",
    title: "A pattern is not a valid JavaScript regular expression",
    help: "Values are not checked against the pattern.",
  },
  EMPTY_ENUM: {
    severity: "warning",
    title: "An enum has no values",
    help: "The generated type is a plain string. Add the values, or remove the enum.",
  },
  INSECURE_ROOT_URL: {
    severity: "warning",
    title: "The root URL does not use TLS",
    help: "Use https. The client sends tokens over plain http only to loopback addresses.",
  },
  ABSOLUTE_BATCH_PATH: {
    severity: "warning",
    title: "The batch path is absolute",
    help: "The path is ignored, and the generated client has no batches. Use a path relative to the root URL.",
  },
  GLOB_MATCHES_NOTHING: {
    severity: "error",
    title: "A glob matches no method",
    help: "Check --include and --exclude. A glob must match a complete method id, such as sql.instances.list.",
  },
  STREAMING_UNFIT: {
    severity: "error",
    title: "The streaming option does not match the API",
    help: "Check `streaming` in the config. Its keys are complete ids of methods with a JSON response, such as firestore.projects.databases.documents.runQuery.",
  },
  NOTHING_SELECTED: {
    severity: "error",
    title: "No method is selected",
    help: "Check --include and --exclude. A glob must match a complete method id, such as sql.instances.list.",
  },
  RENAMED: {
    severity: "warning",
    title: "A name was changed",
    help: "Use the new name in your code. Requests still use the document's name.",
  },
} as const satisfies Record<string, CodeEntry>;

/** A stable code, for example `DANGLING_REFERENCE`. */
export type Code = keyof typeof codes;

/** One problem, and where it is. */
export interface Diagnostic {
  readonly severity: Severity;
  readonly code: Code;
  /** Path, URL, or API as the caller passed it. */
  readonly file: string;
  /** `name:version`, once it is known. */
  readonly api?: string;
  /** JSON pointer (RFC 6901) into the file; empty for the complete file. */
  readonly pointer: string;
  readonly message: string;
  readonly help: string;
}

/** Receives one problem. It does not throw, so the caller continues and finds further problems. */
export type Report = (code: Code, pointer: string, message: string) => void;

/** Returns a diagnostic with the severity and, by default, the help of its code. */
export function diagnostic(
  code: Code,
  file: string,
  message: string,
  at: { readonly pointer?: string; readonly api?: string; readonly help?: string } = {},
): Diagnostic {
  return {
    severity: codes[code].severity,
    code,
    file: shownName(file.includes("\n") ? file : printable(file)),
    ...(at.api === undefined ? {} : { api: shownName(at.api) }),
    pointer: printable(at.pointer ?? ""),
    message: printable(message),
    help: at.help ?? codes[code].help,
  };
}

/** Returns `severity CODE file#/json/pointer: message`, and the help on a second line. */
export function formatDiagnostic({ severity, code, file, pointer, message, help }: Diagnostic): string {
  const place = pointer === "" ? file : `${file}#${pointer}`;
  return `${severity} ${code} ${place}: ${message}\n  help: ${help}`;
}

/** The input is invalid. Stops the API (or the run) that it belongs to, and carries every diagnostic found so far. */
export class InputError extends Error {
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map(formatDiagnostic).join("\n"));
    this.name = "InputError";
    this.diagnostics = diagnostics;
  }
}

/** Returns the message of an error; for a file system error, without the name of the system call and the path. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Node quotes invalid paths, which may contain secrets.
  if ("code" in error && error.code === "ERR_INVALID_ARG_VALUE") return "the path is invalid";
  const [, code, text] = /^([A-Z][A-Z0-9]+): (.+?), [a-z]+(?: '|$)/.exec(error.message) ?? [];
  return text === undefined ? error.message : `${text} (${code})`;
}

/** Returns a JSON pointer with one more segment (RFC 6901, section 3). */
export function pointerTo(pointer: string, segment: string | number): string {
  return `${pointer}/${String(segment).replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

/** Replaces characters that change the state of a terminal: control characters and direction overrides become `?`. */
export function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex -- this regex matches control characters on purpose
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, (character) =>
    character === "\n" || character === "\t" ? " " : "?",
  );
}
