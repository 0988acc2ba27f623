/** DiscoveryDocument → {@link ApiModel}: applies the rules of this folder, and decides every name. */
import type { DiscoveryDocument, DiscoverySchema } from "../discovery/types.js";
import type { Report } from "../diagnostics.js";
import { withInputTwins } from "./access.js";
import type { EnumPolicy } from "./enums.js";
import { finishMethod, type MethodDraft, methodsOf } from "./methods.js";
import { NameScope, typeName } from "./names.js";
import { withOperations } from "./operations.js";
import { globalParameters } from "./parameters.js";
import { withPropertyEnums } from "./property-enums.js";
import { requirementsOf } from "./required.js";
import { draftMethods, draftResource, type ResourceDraft } from "./resources.js";
import { SchemaBuilder } from "./schemas.js";
import { isLeftOut, MethodSelection, selected, type Selection } from "./selection.js";
import type { ApiModel, MethodModel, ResourceModel, ScopeModel } from "./types.js";
import { updateMasksOf } from "./update-masks.js";

/** Options that can apply to several APIs. */
export interface SharedOptions extends Selection {
  /** Default: `closed`. */
  readonly enums?: EnumPolicy;
}

export interface ModelOptions extends SharedOptions {
  /**
   * Whether a method streams its responses, by method id. Default: as the document states, otherwise a single response.
   */
  readonly streaming?: { readonly [methodId: string]: boolean };
}

/**
 * Builds the model of a document, with the selected methods. Reports problems, except those of methods and schemas that
 * are not selected. A model with a problem of severity `error` must not be emitted.
 */
export function buildModel(document: DiscoveryDocument, options: ModelOptions, report: Report): ApiModel {
  const selection = new MethodSelection(document, options, report);
  const problems: Parameters<Report>[] = [];
  const model = selected(
    completeModel(document, options, (...problem) => problems.push(problem)),
    selection,
  );
  for (const problem of problems) if (!isLeftOut(problem[1], document, model, selection)) report(...problem);
  return model;
}

/** Builds a model of all methods, because the return type of a method can depend on other methods. */
function completeModel(document: DiscoveryDocument, options: ModelOptions, report: Report): ApiModel {
  const names = new NameScope();
  const builder = new SchemaBuilder(document, names, options.enums ?? "closed", report);
  const parameters = globalParameters(document.parameters, builder, report);
  const globalNames = new Set(parameters.map(({ name }) => name));
  const draft = draftResource(document, builder, report);
  const drafts = draftMethods(draft);
  const bodies = drafts.flatMap(({ body }) => (body?.kind === "json" ? [body.type] : []));
  const { schemas, input } = withInputTwins(withPropertyEnums(builder.schemas, names), bodies, names);

  const byName = new Map(schemas.map((schema) => [schema.name, schema]));
  const facts = {
    schema: (name: string) => byName.get(name),
    requirements: requirementsOf(schemas, report),
    input,
    globalNames,
    names,
    streaming: new Map(Object.entries(options.streaming ?? {})),
  };
  const clientName = names.take(`${typeName(document.canonicalName ?? document.name)}Client`);
  const globalParametersName = names.take("GlobalParameters");
  const root = withOperations(
    finishResource(draft, names, (method) => finishMethod(method, facts)),
    facts.schema,
  );
  reportUnfitStreaming(facts.streaming, methodsOf(root), `${document.name}:${document.version}`, report);
  return {
    id: `${document.name}:${document.version}`,
    name: document.name,
    version: document.version,
    revision: document.revision,
    title: document.title,
    description: document.description,
    documentationLink: document.documentationLink,
    deprecated: document.labels.includes("deprecated"),
    labels: document.labels,
    clientName,
    globalParametersName,
    rootUrl: document.rootUrl,
    servicePath: document.servicePath,
    batchPath: document.batchPath,
    mtlsRootUrl: document.mtlsRootUrl,
    endpoints: document.endpoints,
    dataWrapper: document.features.includes("dataWrapper"),
    altDefault: document.parameters.get("alt")?.default ?? "json",
    offersEvents: document.parameters.get("alt")?.enum?.includes("sse") === true,
    altJson: needsAltJson(document.parameters.get("alt")),
    scopes: scopesOf(document, drafts),
    parameters,
    schemas,
    updateMasks: updateMasksOf(root, schemas),
    root,
  };
}

/** Reports entries of the option `streaming` for methods that do not exist or cannot stream. */
function reportUnfitStreaming(
  streaming: ReadonlyMap<string, boolean>,
  methods: readonly MethodModel[],
  api: string,
  report: Report,
): void {
  for (const [id, isWanted] of streaming) {
    const method = methods.find((one) => one.id === id);
    const name = JSON.stringify(id);
    if (method === undefined) report("STREAMING_UNFIT", "", `${api} has no method ${name}`);
    else if (isWanted && method.response?.kind !== "stream")
      report("STREAMING_UNFIT", "", `${name} cannot stream: its response is not JSON, or it takes media`);
  }
}

function needsAltJson(alt: DiscoverySchema | undefined): boolean {
  const isOffered = alt?.enum === undefined || alt.enum.length === 0 || alt.enum.includes("json");
  return (alt?.default ?? "json") !== "json" && isOffered;
}

/** Returns the document's scopes, and scopes that only occur in methods. */
function scopesOf(document: DiscoveryDocument, drafts: readonly MethodDraft[]): readonly ScopeModel[] {
  const unlisted = drafts.flatMap(({ method }) => method.scopes).filter((scope) => !document.scopes.has(scope));
  const listed = Array.from(document.scopes, ([scope, description]) => ({ scope, description }));
  return [...listed, ...Array.from(new Set(unlisted), (scope) => ({ scope, description: "" }))];
}

function finishResource(
  draft: ResourceDraft,
  names: NameScope,
  finish: (method: MethodDraft) => ReturnType<typeof finishMethod>,
): ResourceModel {
  const className = draft.path.length === 0 ? "" : names.take(`${draft.path.map(typeName).join("")}Resource`);
  return {
    path: draft.path,
    member: draft.member,
    className,
    deprecated: draft.deprecated,
    methods: draft.methods.map(finish),
    resources: draft.resources.map((resource) => finishResource(resource, names, finish)),
  };
}
