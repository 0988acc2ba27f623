/** Google's clients that run against the mock, each at one exact version, with the program that each runs. */

/** A client that npm installs. */
interface NodeClient {
  readonly language: "node";
  /** Packages with their versions. The first names the client. */
  readonly packages: Readonly<Record<string, string>>;
}

/** A client that Debian packages. Its version is that of the Debian on this machine. */
interface PythonClient {
  readonly language: "python";
  /** The Debian package that names the client, before those that it imports. */
  readonly packages: readonly string[];
}

/** Programs that are used if they are on this machine. Their version is that of the machine. */
interface CommandClient {
  readonly language: "command";
  readonly packages: readonly string[];
}

export type Client = (NodeClient | PythonClient | CommandClient) & {
  /** Selects it on the command line, and names its folder. */
  readonly name: string;
  /** Names it in the table. */
  readonly title: string;
  /** File in `program/`. */
  readonly program: string;
  /** Discovery documents that the mock serves, as `YEAR/NAME.VERSION`. */
  readonly documents: readonly string[];
  /** Whether the mock accepts calls without a token, as clients make to emulators. Default: no. */
  readonly open?: boolean;
};

/** What Debian's Python client imports, without its optional and compiled dependencies. */
const PYTHON_PACKAGES = [
  "python3-googleapi",
  "python3-google-auth",
  "python3-google-auth-httplib2",
  "python3-httplib2",
  "python3-uritemplate",
  "python3-six",
  "python3-cachetools",
  "python3-pyasn1",
  "python3-pyasn1-modules",
  "python3-rsa",
  "python3-pyparsing",
] as const;

const CLOUD_STORAGE = { "@google-cloud/storage": "8.4.0" } as const;

const PYTHON = { language: "python", packages: PYTHON_PACKAGES } as const;

export const CLIENTS: readonly Client[] = [
  {
    name: "cloud-storage",
    title: "@google-cloud/storage, without sign-in",
    language: "node",
    packages: CLOUD_STORAGE,
    program: "cloud-storage.js",
    documents: ["2026/storage.v1"],
    open: true,
  },
  {
    name: "cloud-storage-signed-in",
    title: "@google-cloud/storage",
    language: "node",
    packages: CLOUD_STORAGE,
    program: "cloud-storage-signed-in.js",
    documents: ["2024/storage.v1"],
  },
  {
    name: "bigquery",
    title: "@google-cloud/bigquery",
    language: "node",
    packages: { "@google-cloud/bigquery": "9.3.0" },
    program: "bigquery.js",
    documents: ["2026/bigquery.v2"],
  },
  {
    name: "pubsub",
    title: "@google-cloud/pubsub, over REST",
    language: "node",
    // The newest whose dependencies npm finds.
    packages: { "@google-cloud/pubsub": "5.3.0" },
    program: "pubsub.js",
    documents: ["2026/pubsub.v1"],
  },
  {
    name: "drive",
    title: "@googleapis/drive",
    language: "node",
    packages: { "@googleapis/drive": "26.0.1" },
    program: "drive.js",
    documents: ["2024/drive.v3"],
  },
  {
    name: "storage",
    title: "@googleapis/storage",
    language: "node",
    packages: { "@googleapis/storage": "21.2.0" },
    program: "storage.js",
    documents: ["2026/storage.v1"],
  },
  {
    name: "workspace",
    title: "@googleapis/calendar, sheets and tasks",
    language: "node",
    packages: { "@googleapis/calendar": "20.0.1", "@googleapis/sheets": "18.1.1", "@googleapis/tasks": "13.0.0" },
    program: "workspace.js",
    documents: ["2026/calendar.v3", "2026/sheets.v4", "2026/tasks.v1"],
  },
  {
    ...PYTHON,
    name: "python-drive",
    title: "googleapiclient: drive",
    program: "drive.py",
    documents: ["2026/drive.v3"],
  },
  {
    ...PYTHON,
    name: "python-cloud",
    title: "googleapiclient: storage, bigquery, pubsub",
    program: "cloud.py",
    documents: ["2026/storage.v1", "2026/bigquery.v2", "2026/pubsub.v1"],
  },
  {
    ...PYTHON,
    name: "python-workspace",
    title: "googleapiclient: calendar, gmail, sheets, tasks, directory",
    program: "workspace.py",
    documents: ["2026/calendar.v3", "2026/gmail.v1", "2026/sheets.v4", "2026/tasks.v1", "2026/admin.directory_v1"],
  },
  {
    name: "gcloud",
    title: "gcloud and bq",
    language: "command",
    packages: ["gcloud", "bq"],
    program: "gcloud.js",
    documents: [
      "2026/storage.v1",
      "2026/pubsub.v1",
      "2026/secretmanager.v1",
      "2026/dns.v1",
      "2026/iam.v1",
      "2026/bigquery.v2",
    ],
  },
];
