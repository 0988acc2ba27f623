/**
 * Two models → the changes between them, from the perspective of programs that use the generated client.
 *
 * docs/diff.md lists which changes are breaking, and why.
 */
import type { ApiModel } from "../model/types.js";
import { type Change, change, changedText, documentationChanges, type Place } from "./change.js";
import { derivedTypeChanges } from "./derived-types.js";
import { methodChanges, nameChange } from "./methods.js";
import { globalParameterChanges } from "./parameters.js";
import { schemaChanges } from "./schemas.js";
import { namedTypes } from "./type-differences.js";

export { type Change, type ChangeClass, semverStep, type SemverStep } from "./change.js";

/** Returns all changes in the order of the document: the API, its methods, its types. */
export function diffModels(before: ApiModel, after: ApiModel): readonly Change[] {
  const changes = [...apiChanges(before, after), ...methodChanges(before, after), ...schemaChanges(before, after)];
  return [...changes, ...derivedTypeChanges(before, after, changes)];
}

function apiChanges(before: ApiModel, after: ApiModel): readonly Change[] {
  const place: Place = { subject: "api", name: after.clientName, pointer: "" };
  const sides = { before: namedTypes(before.schemas), after: namedTypes(after.schemas) };
  return [
    ...nameChange(place, before.clientName, after.clientName),
    ...nameChange(place, before.globalParametersName, after.globalParametersName),
    ...addressChange(place, "the API", before.rootUrl, after.rootUrl),
    ...addressChange(place, "most methods", before.servicePath, after.servicePath),
    ...offeredChange(place, "batch", "batches", before.batchPath, after.batchPath),
    ...mtlsChange(place, before, after),
    ...[...new Set([...before.endpoints.keys(), ...after.endpoints.keys()])].flatMap((region) =>
      offeredChange(
        place,
        "region",
        `an endpoint in ${region}`,
        before.endpoints.get(region),
        after.endpoints.get(region),
      ),
    ),
    ...(before.dataWrapper === after.dataWrapper && before.altDefault === after.altDefault
      ? []
      : [change(place, "format", "documentation", "wraps its bodies differently")]),
    ...changedText(place, "description", before.title, after.title, "title"),
    ...documentationChanges(place, before, after),
    ...changedText(place, "description", before.documentationLink, after.documentationLink, "documentation link"),
    ...scopeChanges(before, after),
    ...globalParameterChanges(before, after, sides),
  ];
}

function addressChange(place: Place, of: string, before: string, after: string): readonly Change[] {
  return before === after
    ? []
    : [change(place, "address", "documentation", `has a new address for ${of}: ${shown(after)}, was ${shown(before)}`)];
}

/** The client chooses this address itself if it has a client certificate, so a change does not affect programs. */
function mtlsChange(place: Place, before: ApiModel, after: ApiModel): readonly Change[] {
  if (before.mtlsRootUrl === after.mtlsRootUrl) return [];
  const address = ({ mtlsRootUrl, rootUrl }: ApiModel) => mtlsRootUrl ?? rootUrl;
  return addressChange(place, "the API with a client certificate", address(before), address(after));
}

function offeredChange(
  place: Place,
  aspect: "batch" | "region",
  what: string,
  before: string | undefined,
  after: string | undefined,
): readonly Change[] {
  if (before === undefined && after === undefined) return [];
  if (after === undefined) return [change(place, aspect, "breaking", `no longer has ${what}`)];
  if (before === undefined) return [change(place, aspect, "additive", `has ${what}`)];
  return addressChange(place, what, before, after);
}

function scopeChanges({ scopes: before }: ApiModel, { scopes: after }: ApiModel): readonly Change[] {
  const placeOf = (scope: string): Place => ({ subject: "scope", name: scope, pointer: "/auth/oauth2/scopes" });
  const [old, now] = [before, after].map(
    (scopes) => new Map(scopes.map(({ scope, description }) => [scope, description])),
  );
  return [
    ...before.flatMap(({ scope, description }) => {
      const text = now?.get(scope);
      if (text === undefined) return [change(placeOf(scope), "removed", "breaking", "is removed")];
      return changedText(placeOf(scope), "description", description, text);
    }),
    ...after
      .filter(({ scope }) => old?.has(scope) !== true)
      .map(({ scope }) => change(placeOf(scope), "added", "additive", "is new")),
  ];
}

function shown(address: string): string {
  return address === "" ? "the root" : address;
}
