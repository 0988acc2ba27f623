/**
 * What the mock does not model of single APIs: methods whose response depends on stored resources in a way that the
 * document does not describe, and the emulator to use instead, if one exists. Handlers and fixtures replace a refusal.
 */
import type { IndexedMethod } from "../api-index.js";
import { type GoogleError, notModelled } from "../google-error.js";

/** Emulators, by the name of the API. */
const EMULATORS: ReadonlyMap<string, string> = new Map([
  ["bigtable", "the Bigtable emulator: gcloud beta emulators bigtable start"],
  ["bigtableadmin", "the Bigtable emulator: gcloud beta emulators bigtable start"],
  ["datastore", "the Datastore emulator: gcloud beta emulators datastore start"],
  ["firestore", "the Firestore emulator: gcloud emulators firestore start"],
  ["pubsub", "the Pub/Sub emulator: gcloud beta emulators pubsub start"],
  ["spanner", "the Spanner emulator: gcloud emulators spanner start"],
  ["storage", "Cloud Storage's testbench: https://github.com/googleapis/storage-testbench"],
]);

/** APIs without an emulator of Google's, for which programs expect one. */
const WITHOUT_EMULATOR: ReadonlySet<string> = new Set(["bigquery", "cloudtasks"]);

interface Refusal {
  /** Matches ids of methods. */
  readonly methods: RegExp;
  /** Completes "The mock does not …". */
  readonly what: string;
}

const REFUSED: readonly Refusal[] = [
  {
    methods: /^bigquery\.jobs\.(insert|query|getQueryResults)$/,
    what: "execute jobs (queries, loads, copies and extracts)",
  },
  { methods: /^bigquery\.tabledata\./, what: "store rows of tables" },
  { methods: /^calendar\.calendarList\./, what: "keep the list of calendars in step with the calendars" },
  { methods: /^calendar\.freebusy\./, what: "compute free and busy times from events" },
  { methods: /^datastore\.projects\.(?!indexes\.|operations\.)/, what: "store entities or evaluate queries" },
  { methods: /^drive\.changes\.list$/, what: "record changes" },
  { methods: /^firestore\.projects\.databases\.documents\./, what: "store documents or evaluate queries" },
  { methods: /^gmail\.users\.(history|threads)\./, what: "derive threads and the history from messages" },
  { methods: /^gmail\.users\.(drafts|messages)\.send$/, what: "send messages" },
  { methods: /^iam\.projects\.serviceAccounts\.keys\.create$/, what: "make private keys" },
  {
    methods: /^pubsub\.projects\.(subscriptions\.(acknowledge|modifyAckDeadline|pull|seek)|topics\.publish)$/,
    what: "deliver messages",
  },
  { methods: /^sheets\.spreadsheets\.values\./, what: "store values of cells" },
  { methods: /^spanner\..*\.sessions\.\w+$/, what: "execute SQL or transactions" },
];

/** Returns the refusal of a method; `undefined` if the mock models it, or refuses it for another reason. */
export function refusalOf({ method, api }: IndexedMethod): GoogleError | undefined {
  const found = REFUSED.find(({ methods }) => methods.test(method.id));
  return found === undefined
    ? undefined
    : notModelled(`The mock does not ${found.what} (${method.id}).`, insteadOf(api));
}

/** Returns the sentence that says what to do about a refusal. */
export function insteadOf({ model: { name } }: IndexedMethod["api"]): string {
  const emulator = EMULATORS.get(name);
  if (emulator !== undefined) return `Use ${emulator}, or add a handler or a fixture for the method.`;
  const none = WITHOUT_EMULATOR.has(name) ? "There is no emulator of Google's for this API. " : "";
  return `${none}Add a handler or a fixture for the method.`;
}
