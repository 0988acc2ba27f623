/**
 * The programs we are measured against, each at one exact version, in a folder of their own.
 *
 * They are installed when a benchmark first needs them, and never into the product.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("./peers/", import.meta.url));

export const PEERS = {
  "openapi-typescript": "7.13.0",
  "@hey-api/openapi-ts": "0.99.0",
  /** What both generators print with. */
  typescript: "5.9.3",
  /** Google's own clients, of the versions whose documents are nearest to ours of 2026. */
  "@googleapis/sqladmin": "36.0.0",
  "@googleapis/drive": "20.1.0",
  "@googleapis/storage": "21.2.0",
  "@google-cloud/storage": "8.4.0",
  /** Vertex AI has no package of its own. */
  googleapis: "178.0.0",
  /** What Google's clients sign in with. */
  "google-auth-library": "11.3.4",
  /** A newer Node for peers that do not run on the one that runs us. */
  node: "24.21.0",
} as const;

export type Peer = keyof typeof PEERS;

/** A path inside an installed peer. */
export function peerPath(peer: Peer, path: string): string {
  return `${folder}node_modules/${peer}/${path}`;
}

/** Installs those that are not there yet at their exact version, and says so. */
export function installPeers(peers: readonly Peer[]): void {
  const missing = peers.filter((peer) => installedVersion(peer) !== PEERS[peer]);
  if (missing.length === 0) return;
  const wanted = missing.map((peer) => `${peer}@${PEERS[peer]}`);
  process.stderr.write(`bench: installing ${wanted.join(", ")} into ${folder}\n`);
  mkdirSync(folder, { recursive: true });
  // Without it npm would go up to the workspace.
  if (!existsSync(`${folder}package.json`)) writeFileSync(`${folder}package.json`, '{ "private": true }\n');
  const args = ["install", "--prefix", folder, "--save-exact", "--no-audit", "--no-fund", ...wanted];
  const { status, error } = spawnSync("npm", args, {
    stdio: ["ignore", "ignore", "inherit"],
    shell: process.platform === "win32",
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`npm install of ${wanted.join(", ")} exited with ${status}`);
}

function installedVersion(peer: Peer): string | undefined {
  const file = peerPath(peer, "package.json");
  if (!existsSync(file)) return undefined;
  const manifest: unknown = JSON.parse(readFileSync(file, "utf8"));
  if (typeof manifest !== "object" || manifest === null || !("version" in manifest)) return undefined;
  return typeof manifest.version === "string" ? manifest.version : undefined;
}
