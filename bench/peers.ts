/**
 * The programs that benchmarks compare with, each at an exact version and in its own folder: packages in one folder
 * would share dependencies, at versions that users of one of them do not get.
 *
 * They are installed when a benchmark first needs them, and never into the product.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const peersFolder = fileURLToPath(new URL("./peers/", import.meta.url));

export const PEERS = {
  "openapi-typescript": "7.13.0",
  "@hey-api/openapi-ts": "0.99.0",
  /** Google's own clients, at the versions whose documents are closest to our documents of 2026. */
  "@googleapis/sqladmin": "36.0.0",
  "@googleapis/drive": "20.1.0",
  "@googleapis/storage": "21.2.0",
  "@google-cloud/storage": "8.4.0",
  /** Vertex AI has no separate package. */
  googleapis: "178.0.0",
  /** The authentication library of Google's clients. */
  "google-auth-library": "11.3.4",
  /** A newer Node, for peers that do not support the current one. */
  node: "24.21.0",
} as const;

export type Peer = keyof typeof PEERS;

/** The peer dependencies of peers, for which npm would install the newest version. Both generators use TypeScript. */
const PEER_DEPENDENCIES: { readonly [peer in Peer]?: Readonly<Record<string, string>> } = {
  "openapi-typescript": { typescript: "5.9.3" },
  "@hey-api/openapi-ts": { typescript: "5.9.3" },
};

/** Returns the folder of a peer: a package that depends only on this peer. */
export function peerFolder(peer: Peer): string {
  return `${peersFolder}${peer.replace("@", "").replace("/", "-")}/`;
}

/** Returns a path inside an installed peer. */
export function peerPath(peer: Peer, path: string): string {
  return `${peerFolder(peer)}node_modules/${peer}/${path}`;
}

/** Installs the peers that are missing or have another version, and reports it on stderr. */
export function installPeers(peers: readonly Peer[]): void {
  removeShared();
  for (const peer of peers) if (!isInstalled(peer)) install(peer);
}

/** Removes packages that older versions installed into one shared folder, where peers would find them. */
function removeShared(): void {
  for (const name of ["node_modules", "package.json", "package-lock.json"])
    rmSync(`${peersFolder}${name}`, { recursive: true, force: true });
}

function install(peer: Peer): void {
  const folder = peerFolder(peer);
  process.stderr.write(`bench: installing ${peer}@${PEERS[peer]} into ${folder}\n`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}package.json`, manifestOf(peer));
  const { status, error } = spawnSync("npm", ["install", "--prefix", folder, "--no-audit", "--no-fund"], {
    cwd: folder,
    stdio: ["ignore", "ignore", "inherit"],
    shell: process.platform === "win32",
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`npm install of ${peer}@${PEERS[peer]} exited with ${status}`);
}

function manifestOf(peer: Peer): string {
  const dependencies = { [peer]: PEERS[peer], ...PEER_DEPENDENCIES[peer] };
  return `${JSON.stringify({ private: true, dependencies }, undefined, 2)}\n`;
}

/** Returns whether the folder has these versions and its installation is complete. */
function isInstalled(peer: Peer): boolean {
  const manifest = `${peerFolder(peer)}package.json`;
  if (!existsSync(manifest) || readFileSync(manifest, "utf8") !== manifestOf(peer)) return false;
  return installedVersion(peer) === PEERS[peer];
}

function installedVersion(peer: Peer): string | undefined {
  const file = peerPath(peer, "package.json");
  if (!existsSync(file)) return undefined;
  const manifest: unknown = JSON.parse(readFileSync(file, "utf8"));
  if (typeof manifest !== "object" || manifest === null || !("version" in manifest)) return undefined;
  return typeof manifest.version === "string" ? manifest.version : undefined;
}
