/**
 * Everything Discogen can say about its input: one entry per code, with the severity and the way out.
 *
 * A diagnostic names the file, the place (a JSON pointer), the fact, and what to do. Text that comes from documents is
 * made printable here, so that no document can write to a terminal.
 */
import { shownName } from "@discogen/runtime/names";

export type Severity = "error" | "warning";

/** What is fixed about a code. */
interface CodeEntry {
  readonly severity: Severity;
  /** What is wrong, in general. */
  readonly title: string;
  /** The way out. */
  readonly help: string;
}

/** One entry per thing that can be wrong. The keys are stable: scripts may match on them. */
export const codes = {
  INTERNAL_ERROR: {
    severity: "error",
    title: "A bug in Discogen",
    help: "Please report it, with what follows and how it came about.",
  },
  USAGE: {
    severity: "error",
    title: "The command line cannot be understood",
    help: "Run `discogen --help`, or `discogen <command> --help`.",
  },
  UNKNOWN_API: {
    severity: "error",
    title: "No such API is known here",
    help: "Run `discogen list`, or name a path to a .json document, or the URL of one, such as 'https://sheets.googleapis.com/$discovery/rest?version=v4'.",
  },
  OTHER_API: {
    severity: "error",
    title: "The document of another API than was asked for",
    help: "Correct the id or the source.",
  },
  DUPLICATE_API: {
    severity: "error",
    title: "Two documents of one API in one run",
    help: "Generate them one at a time, each with an --out of its own.",
  },
  FILE_UNREADABLE: {
    severity: "error",
    title: "A file cannot be read",
    help: "Check the path and its permissions.",
  },
  DOCUMENT_TOO_LARGE: {
    severity: "error",
    title: "A document that is larger than any Discovery document",
    help: "The largest of Google's has 6 MB: check that this is one, or take out of it what is not needed.",
  },
  FETCH_FAILED: {
    severity: "error",
    title: "A document cannot be fetched",
    help: "Check the URL and the network, or download the document and name the file.",
  },
  DOCUMENT_GONE: {
    severity: "error",
    title: "There is no document at the URL",
    help: "The API may have been retired: `discogen list` shows which there are.",
  },
  OFFLINE: {
    severity: "error",
    title: "Needs the network, which --offline forbids",
    help: "Run the command once without --offline: what it fetches is kept.",
  },
  DIRECTORY_UNREACHABLE: {
    severity: "warning",
    title: "The directory of APIs cannot be had",
    help: "Check the network, or name a mirror with --directory-url.",
  },
  CONFIG_MISSING: {
    severity: "error",
    title: "There is no config file",
    help: "Run `discogen init`, or name the file with --config.",
  },
  CONFIG_EXISTS: {
    severity: "error",
    title: "There is a config file already",
    help: "Edit it, or remove it first.",
  },
  CONFIG_UNLOADABLE: {
    severity: "error",
    title: "A config file that does not load",
    help: "It should be a JSON object, or a module that exports by default what defineConfig of @discogen/generator returns.",
  },
  CONFIG_INVALID: {
    severity: "error",
    title: "A config that says what no config can say",
    help: "A config is { output, apis: ['sqladmin:v1beta3', { id, source, patch, include, exclude, enums, streaming }] }.",
  },
  CONFIG_NOT_EXECUTED: {
    severity: "warning",
    title: "A config that this command does not execute",
    help: "Name the document by its path or URL, pin it with `discogen generate`, or write the config as discogen.config.json.",
  },
  LOCK_INVALID: {
    severity: "error",
    title: "A lock that cannot be read",
    help: "Restore it from version control, or delete it and run `discogen update`.",
  },
  LOCK_MISMATCH: {
    severity: "error",
    title: "A pinned document that is not what the lock pins",
    help: "Restore it from version control, or fetch it again with `discogen update`. For a document of your own, name it as the source of the API in the config.",
  },
  STALE_OUTPUT_KEPT: {
    severity: "warning",
    title: "Output of an API that is no longer generated",
    help: "It was edited since it was written. Delete it if it is not needed.",
  },
  OUTPUT_UNWRITABLE: {
    severity: "error",
    title: "The output cannot be written",
    help: "Name a folder that can be written to with --out.",
  },
  OUTPUT_EXISTS: {
    severity: "error",
    title: "A file that Discogen did not write is where output goes",
    help: "Move the file, name another folder with --out, or add --force to replace the file.",
  },
  DISK_FULL: {
    severity: "error",
    title: "The disk is full, or the quota is used up",
    help: "Free some space, or write to another disk.",
  },
  OUTPUT_STALE: {
    severity: "error",
    title: "The output is not what the document gives",
    help: "Run the same command without --check.",
  },
  SIGN_IN_FAILED: {
    severity: "error",
    title: "No credentials, or none that are taken",
    help: "Run `gcloud auth application-default login`, or set GOOGLE_APPLICATION_CREDENTIALS to the path of a credential file.",
  },
  UNTRUSTED_HOST: {
    severity: "error",
    title: "Credentials would be sent to a host that is not Google's",
    help: "Check where the document comes from. If that host may have your credentials, pass its address with --root-url. For credentials of another universe, set GOOGLE_CLOUD_UNIVERSE_DOMAIN.",
  },
  CALL_FAILED: {
    severity: "error",
    title: "The API did not do what it was asked",
    help: "`discogen call <api> <method> --help` tells the parameters and scopes of a method.",
  },
  INVALID_JSON: {
    severity: "error",
    title: "Not JSON",
    help: 'Fetch the document again: it should begin with \'{\' and hold "kind": "discovery#restDescription".',
  },
  NOT_A_DISCOVERY_DOCUMENT: {
    severity: "error",
    title: "JSON, but no Discovery document",
    help: 'A Discovery document is an object with "kind": "discovery#restDescription", "name" and "version".',
  },
  PATCH_MISPLACED: {
    severity: "error",
    title: "A correction of something that the document does not have",
    help: "Correct `at` of that entry of `patch`, or remove the entry if the document no longer needs it. To add a member, patch the object that it belongs to.",
  },
  TOO_DEEP: {
    severity: "error",
    title: "Nested deeper than any Discovery document",
    help: "Give the inner objects schemas of their own and refer to them by $ref.",
  },
  WRONG_TYPE: {
    severity: "error",
    title: "A value of the wrong JSON type",
    help: "Correct the value, or take it out of the document.",
  },
  UNSAFE_NAME: {
    severity: "error",
    title: "A name that cannot be a folder",
    help: "Use letters, digits, '.', '_' and '-', beginning with a letter or digit and ending without '.'; no name of a device, such as con or nul.",
  },
  INVALID_ROOT_URL: {
    severity: "error",
    title: "The root URL cannot be used",
    help: "Use an http(s) URL without user name, password, query and fragment.",
  },
  INVALID_HTTP_METHOD: {
    severity: "error",
    title: "A method without a known HTTP verb",
    help: "Use one of DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT.",
  },
  INVALID_LOCATION: {
    severity: "error",
    title: "A parameter that is sent neither in the path nor in the query",
    help: 'Correct its "location", or take the parameter out of the document.',
  },
  MISSING_PATH: {
    severity: "error",
    title: "A method without a path",
    help: 'Give the method a "path".',
  },
  INVALID_PATH_TEMPLATE: {
    severity: "error",
    title: "A path template that cannot be expanded",
    help: "Only {x}, {+x} and {/x*} are understood (RFC 6570).",
  },
  REFERENCE_CYCLE: {
    severity: "error",
    title: "Schemas that are nothing but references to each other",
    help: "Give one of the schemas of the cycle properties, items or a type.",
  },
  CASE_ONLY_DIFFERENCE: {
    severity: "error",
    title: "Schema ids that differ by case alone",
    help: "Give one of the schemas another id.",
  },
  DUPLICATE_METHOD: {
    severity: "error",
    title: "Two methods with one id",
    help: "Give each method an id of its own.",
  },
  MISSING_ROOT_URL: {
    severity: "warning",
    title: "No root URL",
    help: 'Give the document a "rootUrl", or pass `rootUrl` to the client.',
  },
  ACRONYM_SPELLED_TWO_WAYS: {
    severity: "warning",
    title: "Schema ids that differ by the spelling of an acronym",
    help: "Both types are written; mind which one you import.",
  },
  DANGLING_REFERENCE: {
    severity: "warning",
    title: "A $ref to a schema that is not there",
    help: "The type is written as unknown. Add the schema, or correct the $ref.",
  },
  UNDECLARED_PATH_PARAMETER: {
    severity: "warning",
    title: "A variable of the path that is no parameter",
    help: "It is taken as a required string. Declare it among the method's parameters.",
  },
  UNUSED_PATH_PARAMETER: {
    severity: "warning",
    title: "A path parameter that the path does not hold",
    help: "It is left out, as it could not be sent. Correct its location, or the path.",
  },
  REQUIREMENTS_TOO_LARGE: {
    severity: "warning",
    title: "Required properties of a body that cannot all be written as types",
    help: "The properties that lie too deep are optional in the type; their doc comments say that they are required.",
  },
  EMPTY_REQUEST: {
    severity: "warning",
    title: "A request that does not say what the body is",
    help: "The method takes no body. Refer to a schema by $ref, or take the request out of the document.",
  },
  BODY_NOT_SENT: {
    severity: "warning",
    title: "A GET or HEAD method with a request body",
    help: "The body is left out: HTTP gives it no meaning there (RFC 9110, section 9.3.1).",
  },
  UNKNOWN_TYPE: {
    severity: "warning",
    title: "An unknown type",
    help: "It is written as unknown. Use string, integer, number, boolean, array, object or any.",
  },
  UNKNOWN_FORMAT: {
    severity: "warning",
    title: "An unknown format",
    help: "The format is told in the doc comment only.",
  },
  INVALID_PATTERN: {
    severity: "warning",
    title: "A pattern that is no regular expression of JavaScript",
    help: "The value is not checked against it.",
  },
  EMPTY_ENUM: {
    severity: "warning",
    title: "An enum without values",
    help: "It is written as its plain type.",
  },
  INSECURE_ROOT_URL: {
    severity: "warning",
    title: "A root URL without TLS",
    help: "Tokens are refused over plain http anywhere but on loopback. Use https.",
  },
  ABSOLUTE_BATCH_PATH: {
    severity: "warning",
    title: "An absolute batch path",
    help: "It is ignored, and the API has no batches. Give a path relative to the root URL.",
  },
  GLOB_MATCHES_NOTHING: {
    severity: "error",
    title: "A glob that matches no method",
    help: "Check --include and --exclude: a glob is compared with complete method ids, such as sql.instances.list.",
  },
  STREAMING_UNFIT: {
    severity: "error",
    title: "A streaming option that does not fit the API",
    help: "Check `streaming` in the config: it takes complete method ids, such as firestore.projects.databases.documents.runQuery, of methods that respond with JSON.",
  },
  NOTHING_SELECTED: {
    severity: "error",
    title: "No method is selected",
    help: "Check --include and --exclude: a glob is compared with complete method ids, such as sql.instances.list.",
  },
  RENAMED: {
    severity: "warning",
    title: "A name that had to change",
    help: "Use the new name in code; what is sent keeps the document's name.",
  },
} as const satisfies Record<string, CodeEntry>;

/** A stable code, for instance `DANGLING_REFERENCE`. */
export type Code = keyof typeof codes;

/** One thing that is wrong, and where. */
export interface Diagnostic {
  readonly severity: Severity;
  readonly code: Code;
  /** Path, URL or API as the caller named it. */
  readonly file: string;
  /** `name:version`, once it is known. */
  readonly api?: string;
  /** JSON pointer (RFC 6901) into the file; empty for the whole of it. */
  readonly pointer: string;
  readonly message: string;
  readonly help: string;
}

/** Takes what a room finds wrong; the room goes on and finds more. */
export type Report = (code: Code, pointer: string, message: string) => void;

/** Makes a diagnostic with its code's severity and help. */
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

/** `severity CODE file#/json/pointer: message` and the way out on a line of its own. */
export function formatDiagnostic({ severity, code, file, pointer, message, help }: Diagnostic): string {
  const place = pointer === "" ? file : `${file}#${pointer}`;
  return `${severity} ${code} ${place}: ${message}\n  help: ${help}`;
}

/** Input at fault: stops the API (or the run) it belongs to, with everything found so far. */
export class InputError extends Error {
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map(formatDiagnostic).join("\n"));
    this.name = "InputError";
    this.diagnostics = diagnostics;
  }
}

/** What an error says; of one of the file system what is wrong, without the call that met it. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Node quotes a path that no file can have.
  if ("code" in error && error.code === "ERR_INVALID_ARG_VALUE") return "the path is invalid";
  const [, code, text] = /^([A-Z][A-Z0-9]+): (.+?), [a-z]+(?: '|$)/.exec(error.message) ?? [];
  return text === undefined ? error.message : `${text} (${code})`;
}

/** Appends one segment to a JSON pointer (RFC 6901, section 3). */
export function pointerTo(pointer: string, segment: string | number): string {
  return `${pointer}/${String(segment).replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

/** The text without what a terminal would obey: control characters and direction overrides become `?`. */
export function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what this looks for
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, (character) =>
    character === "\n" || character === "\t" ? " " : "?",
  );
}
