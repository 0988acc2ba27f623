/** Signing in: assertions signed by ours, against Node's own signature by hand and google-auth-library; and renewal. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from "node:crypto";
import { createRequire } from "node:module";
import { AssertionSigner } from "../runtime/src/auth/assertion.js";
import { parseCredentials } from "../runtime/src/auth/credential-file.js";
import { readKey } from "../runtime/src/auth/key-file.js";
import { installPeers, peerPath } from "./peers.js";
import { renewal } from "./renewal.js";
import { inTurns } from "./rounds.js";
import type { Benchmark } from "./table.js";

/** Signatures of one turn. */
const COUNT = 1000;

const email = "robot@example-123.iam.gserviceaccount.com";
const scope = "https://www.googleapis.com/auth/cloud-platform";
const aud = "https://oauth2.googleapis.com/token";

/** Gives one signed assertion. */
type Sign = () => string | Promise<string>;

interface Cost {
  /** Microseconds of CPU a signature. */
  readonly cpu: number;
  /** Signatures a second, by the clock on the wall. */
  readonly rate: number;
}

/** What google-auth-library signs assertions with, which it does not list among its exports. */
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
  const contenders: readonly Sign[] = [byHand(pem), library(pem), ours(pem)];
  for (const contender of contenders) check(pem, await contender());
  const [hand = [], peer = [], own = []] = await inTurns(
    rounds ?? 9,
    contenders.map((contender) => () => cost(contender)),
  );
  // The rate turned over: less is better.
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
      `RS256 assertions with a key of 2048 bits, ${COUNT} one after the other in a turn, in one process.`,
      "A budget of 1.25 is 0.8 times the rate, 0.67 is 1.5 times. Ours signs beside the main thread, which is free meanwhile.",
    ],
    comparisons: [
      {
        title: "an assertion, beside the fastest there is",
        unit: "µs",
        peer: series("node:crypto sign with a KeyObject", hand),
        ours: signer,
        budget: 1 / 0.8,
        others: [cpu("node:crypto", hand), cpu("ours", own)],
      },
      {
        title: "an assertion, beside google-auth-library",
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
  const { getJwsSign } = createRequire(import.meta.url)(path) as Peer; // A file of that exact version.
  return () => getJwsSign({ iss: email, scope, key: pem });
}

function ours(pem: string): Sign {
  const members = { type: "service_account", client_email: email, private_key: pem, private_key_id: "1" };
  const signer = new AssertionSigner(readKey(parseCredentials(members, "the key", "")));
  return () => signer.sign({ scope, aud }, Date.now());
}

/** A signature that is wrong would cost nothing. */
function check(pem: string, token: string): void {
  const [header = "", claims = "", signature = ""] = token.split(".");
  const signed = Buffer.from(`${header}.${claims}`);
  if (!verify("RSA-SHA256", signed, createPublicKey(pem), Buffer.from(signature, "base64url")))
    throw new Error("a contender signed wrongly");
}

async function cost(contender: Sign): Promise<Cost> {
  const start = performance.now();
  const before = process.cpuUsage();
  for (let i = 0; i < COUNT; i += 1) await contender();
  const { user, system } = process.cpuUsage(before);
  return { cpu: (user + system) / COUNT, rate: (COUNT * 1000) / (performance.now() - start) };
}
