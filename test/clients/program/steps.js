/**
 * What the Node programs share. A program is a list of steps, each of which prints one line of JSON. The runner starts
 * a program in a process of its own, with the client's folder and the mock's address in the environment.
 */
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";

const { CLIENT_FOLDER = "", MOCK_URL = "", MOCK_TOKEN_URL = "", MOCK_KEY_FILE = "" } = process.env;

/** Base URL of the mock, without a slash at the end. */
export const endpoint = MOCK_URL.replace(/\/$/, "");

export const keyFile = MOCK_KEY_FILE;

export const key = MOCK_KEY_FILE === "" ? undefined : JSON.parse(readFileSync(MOCK_KEY_FILE, "utf8"));

/** Loads a package from the folder of the client. */
export const load = createRequire(`${CLIENT_FOLDER}/package.json`);

/** Milliseconds for one step of a program that sends requests itself. */
const LIMIT = 20_000;

/** Maximum number of characters of an error that the runner prints. */
const LONGEST = 400;

/**
 * Signs in as Google's library does with a key file. It always sends the assertion to Google's own endpoint, so the
 * request is redirected to the mock.
 */
export function signIn(scopes, auth = load("google-auth-library")) {
  const client = new auth.JWT({ email: key.client_email, key: key.private_key, keyId: key.private_key_id, scopes });
  client.transporter.interceptors.request.add({
    resolved: async (config) => {
      if (String(config.url) === "https://oauth2.googleapis.com/token") config.url = new URL(MOCK_TOKEN_URL);
      return config;
    },
  });
  return client;
}

/** A step whose result the program checks. */
export function passes(name, run) {
  return { name, run, want: "passes" };
}

/** A step that the mock refuses, because it does not model what the step needs. */
export function refused(name, run) {
  return { name, run, want: "refused" };
}

/** Runs steps one after the other. One that fails does not end the program. */
export async function runSteps(steps, limit = LIMIT) {
  for (const { name, run, want } of steps) {
    const { outcome, message } = await outcomeOf(run, limit);
    process.stdout.write(`${JSON.stringify({ name, want, outcome, message })}\n`);
  }
  // Clients keep connections and timers.
  process.exit(0);
}

async function outcomeOf(run, limit) {
  const ended = new AbortController();
  const late = setTimeout(limit, undefined, { signal: ended.signal }).then(() => {
    throw new Error(`did not end within ${limit / 1_000} s`);
  });
  late.catch(() => {});
  try {
    await Promise.race([run(), late]);
    return { outcome: "passes" };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const refusal = refusalIn(error);
    if (refusal !== undefined) return { outcome: "refused", message: refusal };
    const place = error instanceof Error ? /program\/[\w-]+\.js:\d+/.exec(error.stack ?? "")?.[0] : undefined;
    const short = message.length > LONGEST ? `${message.slice(0, LONGEST)}…` : message;
    return { outcome: "fails", message: place === undefined ? short : `${short} (${place})` };
  } finally {
    ended.abort();
  }
}

/** The message of the mock's refusal. Each client puts the parts of an error elsewhere. */
function refusalIn(error, depth = 0) {
  if (typeof error !== "object" || error === null || depth > 6) return undefined;
  if (error.reason === "MOCK_NOT_MODELLED" && typeof error.message === "string") return error.message;
  const text = refusalIn(parsed(error.message), depth + 1);
  if (text !== undefined) return text;
  for (const name of ["errors", "error", "response", "data", "cause", "statusDetails", "details"]) {
    const value = error[name];
    for (const part of Array.isArray(value) ? value : [value]) {
      const found = refusalIn(part, depth + 1);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** Some clients show the body of the response as their message. */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Collects what an async iterable or a stream yields. */
export async function all(iterable) {
  const items = [];
  for await (const item of iterable) items.push(item);
  return items;
}

export async function bytesOf(stream) {
  return Buffer.concat((await all(stream)).map((chunk) => Buffer.from(chunk)));
}

/** Bytes that differ at each place, so that a wrong offset shows. */
export function patterned(length) {
  const bytes = Buffer.alloc(length);
  for (let index = 0; index < length; index += 1) bytes[index] = (index * 31 + (index >> 8) * 17) & 0xff;
  return bytes;
}

/** Passes when the call fails with this status, as the real API does. */
export async function fails(status, call) {
  let result;
  try {
    result = await call();
  } catch (error) {
    const given = Number(error.response?.status ?? error.status ?? error.code);
    if (given === status) return error;
    throw error;
  }
  throw new Error(`expected status ${status}, but the call succeeded: ${JSON.stringify(result)?.slice(0, 200)}`);
}
