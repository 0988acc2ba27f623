/** Rejects a request by its headers, before its body is read. */
import { authorize } from "./authentication/authorize.js";
import type { TokenStore } from "./authentication/tokens.js";
import { GoogleError } from "./google-error.js";
import type { Sessions } from "./media/sessions.js";
import type { FoundUpload } from "./media/upload-routes.js";
import type { HttpRequest } from "./request.js";
import { findRoute, type Route } from "./routes.js";

export interface AdmissionFacts {
  readonly routes: readonly Route[];
  readonly sessions: Sessions;
  readonly findUpload: (request: HttpRequest) => FoundUpload | undefined;
  readonly tokens: TokenStore;
}

/**
 * Checks the headers of a request.
 *
 * @throws {GoogleError} 404 for an unknown path or upload session, 401 or 403 if the token is not sufficient
 */
export function admit(head: HttpRequest, { routes, sessions, findUpload, tokens }: AdmissionFacts): void {
  // A session accepts content from any client that knows its id.
  const id = head.query.get("upload_id");
  if (id !== null) return void sessions.find(id);
  const entry = findUpload(head)?.entry ?? findRoute(routes, head.verb, head.path)?.route.entry;
  if (entry === undefined) throw notFound(head);
  authorize(head.headers.authorization, entry, tokens);
}

/** Returns the 404 of a path that no method has. */
export function notFound({ verb }: HttpRequest): GoogleError {
  return new GoogleError(404, `Not found: no method has ${verb} at this path.`);
}
