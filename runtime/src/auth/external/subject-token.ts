/** Reads a subject token: the proof of the external identity for Google's STS. */
import { AuthError } from "../../errors.js";
import type { AbortSignal } from "../../platform-types.js";
import { quotedName, shownName } from "../../redact.js";
import { callEndpoint, type Network } from "../endpoint.js";
import type { JsonObject } from "../credential-file.js";
import type { ExternalAccount } from "./config.js";
import { callFunction, functionProblem } from "./functions.js";
import type { FileSource, ProgrammaticSource, UrlSource } from "./subject-source.js";
import { readTextFile } from "../../platform/node/files.js";

/** Milliseconds for one request to a source of subject tokens. */
const urlTimeout = 10_000;

/** @throws AuthError */
export async function readSubjectToken(account: ExternalAccount, network: Network): Promise<string> {
  const { subject } = account;
  switch (subject.kind) {
    case "file":
      return fileSubjectToken(account, subject);
    case "url":
      return urlSubjectToken(account, subject, network);
    case "executable":
      return (await import("./executable.js")).executableSubjectToken(account, subject, network.signal);
    case "aws":
      return (await import("./aws.js")).awsSubjectToken(account, subject, network);
    case "x509":
      return (await (await import("../node/certificate.js")).readCertificate(account.source, subject)).subjectToken;
    case "programmatic":
      return programSubjectToken(account, subject, network.signal);
  }
}

/** Reads the file each time, since its token is replaced before it expires. */
async function fileSubjectToken(account: ExternalAccount, { field, path }: FileSource): Promise<string> {
  const problem = (message: string): AuthError =>
    new AuthError("TOKEN_UNAVAILABLE", `${account.source}#/credential_source/file: ${shownName(path)} ${message}`);
  return tokenIn(await readTextFile(path, problem), field, problem);
}

async function urlSubjectToken(
  account: ExternalAccount,
  { field, headers, url }: UrlSource,
  network: Network,
): Promise<string> {
  const { text } = await callEndpoint(network, {
    account: account.source,
    method: "GET",
    url,
    headers,
    secrets: Object.values(headers).filter((value) => value.length > 3),
    timeout: urlTimeout,
  });
  return tokenIn(
    text,
    field,
    (message) =>
      new AuthError("TOKEN_UNAVAILABLE", `${account.source}: the response from ${shownName(url.origin)} ${message}`),
  );
}

async function programSubjectToken(
  account: ExternalAccount,
  { subjectToken }: ProgrammaticSource,
  signal?: AbortSignal,
): Promise<string> {
  const token = await callFunction(account, "subjectToken", subjectToken, signal);
  if (typeof token === "string" && token !== "") return token;
  throw functionProblem(account, "subjectToken", "returned no token");
}

/** The token: a text, or a member of a JSON object. */
function tokenIn(text: string, field: string | undefined, problem: (message: string) => AuthError): string {
  let token: unknown = text.trim();
  if (field !== undefined) {
    try {
      token = (Object(JSON.parse(text)) as JsonObject)[field]; // any JSON
    } catch {
      throw problem("is not JSON");
    }
  }
  if (typeof token === "string" && token !== "") return token;
  throw problem(field === undefined ? "is empty" : `contains no ${quotedName(field)}`);
}
