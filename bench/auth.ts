/** Authentication: signing assertions against node:crypto and google-auth-library, and token refresh. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from "node:crypto";
import { createRequire } from "node:module";
import { AssertionSigner } from "../runtime/src/auth/assertion.js";
import { parseCredentials } from "../runtime/src/auth/credential-file.js";
import { readKey } from "../runtime/src/auth/key-file.js";
import { installPeers, peerPath } from "./peers.js";
import { renewal } from "./renewal.js";
import { inTurns } from "./rounds.js";
import type { Benchmark } from "./table.js";

/** The number of signatures per turn. */
const COUNT = 1000;

const email = "robot@example-123.iam.gserviceaccount.com";
const scope = "https://www.googleapis.com/auth/cloud-platform";
const aud = "https://oauth2.googleapis.com/token";

/** Returns one signed assertion. */
type Sign = () => string | Promise<string>;

interface Cost {
  /** Microseconds of CPU time per signature. */
  readonly cpu: number;
  /** Signatures per second of wall time. */
  readonly rate: number;
}

/** The module that google-auth-library signs assertions with. It is not one of its exports. */
interface Peer {
  getJwsSign(options: { readonly iss: string; readonly scope: string; readonly key: string }): string;
}

export async function auth(rounds: number | undefined): Promise<Benchmark> {
  installPeers(["google-auth-library"]);
  const { privateKey: pem } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  const candidates: readonly Sign[] = [byHand(pem), library(pem), ours(pem)];
  for (const candidate of candidates) check(pem, await candidate());
  const [hand = [], peer = [], own = []] = await inTurns(
    rounds ?? 9,
    candidates.map((candidate) => () => cost(candidate)),
  );
  // The inverse of the rate: less is better.
  const series = (name: string, costs: readonly Cost[]) => ({ name, values: costs.map(({ rate }) => 1e6 / rate) });
  const cpu = (name: string, costs: readonly Cost[]) => ({
    name: `CPU time of all threads, ${name}`,
    unit: "µs",
    values: costs.map((one) => one.cpu),
  });
  const signer = series("AssertionSigner, key imported once", own);
  return {
    name: "auth",
    notes: [
      `RS256 assertions with a 2048-bit key, ${COUNT} in a row per turn, in one process.`,
      "A budget of 1.25 means 0.8 times the rate, 0.67 means 1.5 times. Ours does not block the main thread.",
    ],
    comparisons: [
      {
        title: "one assertion, compared with node:crypto",
        unit: "µs",
        peer: series("node:crypto sign with a KeyObject", hand),
        ours: signer,
        budget: 1 / 0.8,
        others: [cpu("node:crypto", hand), cpu("ours", own)],
      },
      {
        title: "one assertion, compared with google-auth-library",
        unit: "µs",
        peer: series("google-auth-library", peer),
        ours: signer,
        budget: 1 / 1.5,
        others: [cpu("google-auth-library", peer)],
      },
    ],
    limits: [await renewal(rounds ?? 3)],
  };
}

function byHand(pem: string): Sign {
  const key = createPrivateKey(pem);
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return () => {
    const iat = Math.floor(Date.now() / 1000);
    const text = `${encode({ alg: "RS256", typ: "JWT", kid: "1" })}.${encode({ iss: email, scope, aud, iat, exp: iat + 3600 })}`;
    return `${text}.${sign("RSA-SHA256", Buffer.from(text), key).toString("base64url")}`;
  };
}

function library(pem: string): Sign {
  const path = peerPath("google-auth-library", "build/src/gtoken/jwsSign.js");
  const { getJwsSign } = createRequire(import.meta.url)(path) as Peer; // the pinned version has this file
  return () => getJwsSign({ iss: email, scope, key: pem });
}

function ours(pem: string): Sign {
  const members = { type: "service_account", client_email: email, private_key: pem, private_key_id: "1" };
  const signer = new AssertionSigner(readKey(parseCredentials(members, "the key", "")));
  return () => signer.sign({ scope, aud }, Date.now());
}

/** Verifies a signature: a wrong one could be free. */
function check(pem: string, token: string): void {
  const [header = "", claims = "", signature = ""] = token.split(".");
  const signed = Buffer.from(`${header}.${claims}`);
  if (!verify("RSA-SHA256", signed, createPublicKey(pem), Buffer.from(signature, "base64url")))
    throw new Error("a candidate returned a wrong signature");
}

async function cost(candidate: Sign): Promise<Cost> {
  const start = performance.now();
  const before = process.cpuUsage();
  for (let i = 0; i < COUNT; i += 1) await candidate();
  const { user, system } = process.cpuUsage(before);
  return { cpu: (user + system) / COUNT, rate: (COUNT * 1000) / (performance.now() - start) };
}
