/** The output of `discogen call <api> [method] --help`. */
import { printable } from "../diagnostics.js";
import type { ApiModel, MethodModel, ParameterModel, TypeModel } from "../model/types.js";
import { factsOf, hasDefault, optionName, OWN_OPTIONS, parametersOf } from "./call-arguments.js";
import { type ClientMember, membersOf, returnsContent } from "./methods.js";

const WIDTH = 80;

/** Lists the methods of an API, one per line. */
export function methodsHelp(model: ApiModel, api: string): string {
  const members = membersOf(model.root).map(({ path, method: { description }, isDownload }) => ({
    name: path.join("."),
    summary: isDownload ? "Downloads the content." : (/^.*?\.(?=\s|$)/.exec(oneLine(description))?.[0] ?? ""),
  }));
  const width = Math.max(...members.map(({ name }) => name.length)) + 2;
  return `
Usage: discogen call ${api} <method> [--parameter value…] [options]

Methods of ${model.id}:
${members.map(({ name, summary }) => `  ${printable(`${name.padEnd(width)}${summary}`.trimEnd())}\n`).join("")}
Run \`discogen call ${api} <method> --help\` for the parameters of a method,
and \`discogen call --help\` for the options.
`;
}

/** Describes a method and its parameters. */
export function methodHelp(member: ClientMember, model: ApiModel, api: string): string {
  const { path, id, method, isDownload } = member;
  const { request, mediaUpload, mediaDownload, scopes } = method;
  const own = new Set(method.parameters);
  const all = parametersOf(method, model);
  const required = all.filter((parameter) => parameter.required);
  const example = required.map(({ name, type }) => ` --${name} ${valueOf(type)}`).join("");
  const about = isDownload
    ? `Downloads the content of the resource that ${method.id} returns.`
    : oneLine(method.description);
  const option = (name: string, value = "") => `  --${optionName(name, all)}${value}`;
  const options = [
    ...(request === undefined || isDownload
      ? []
      : [
          `${option("body", " FILE|-")}  ${request.kind === "bytes" ? "The bytes to send." : `${bodyOf(request.type)} as JSON.`}`,
        ]),
    ...(mediaUpload === undefined ? [] : [`${option("media", " FILE|-")}  The content to upload.`]),
    ...(method.paging === undefined ? [] : [`${option("all")}  Print the items of all pages.`]),
    ...(method.operation === undefined || isDownload
      ? []
      : [`${option("wait")}  Wait for the operation, and print it when it is done.`]),
    ...(returnsContent(member) ? [`${option("out", " FILE")}  Where to save the content.`] : []),
  ];
  const renamed = Object.keys(OWN_OPTIONS).filter((name) => optionName(name, all) !== name);
  const notes = [
    ...renamed.map((name) => `The option --${name} of \`discogen call\` is --${optionName(name, all)} here.`),
    ...(isDownload || mediaDownload === undefined || mediaDownload.isOnly
      ? []
      : [`To download the content, call ${[...path.slice(0, -1), mediaDownload.member].join(".")}.`]),
    ...(scopes.length === 0 ? [] : [`${scopes.length === 1 ? "Scope" : "Scopes, one of"}: ${scopes.join(", ")}.`]),
  ];
  return [
    `Usage: discogen call ${api} ${path.join(".")}${example} [options]\n`,
    ...(about === "" ? [] : [wrapped(about, ""), ""]),
    `${id}: ${method.httpMethod} ${method.path.startsWith("/") ? method.path.slice(1) : model.servicePath + method.path}\n`,
    ...section(
      "Parameters",
      all.filter((parameter) => own.has(parameter)).map((one) => parameterHelp(one, method)),
    ),
    ...section("Options", options),
    ...section(
      "Parameters of every method",
      all.filter((parameter) => !own.has(parameter)).map((one) => parameterHelp(one, method)),
    ),
    ...notes.map((note) => wrapped(note, "")),
  ]
    .map((block) => block.split("\n").map(printable).join("\n"))
    .join("\n");
}

function section(title: string, entries: readonly string[]): readonly string[] {
  return entries.length === 0 ? [] : [`${title}:`, ...entries, ""];
}

function parameterHelp(parameter: ParameterModel, method: MethodModel): string {
  const { name, type, description, required } = parameter;
  const fallback = required && hasDefault(name, method) ? "Default: the project of the credentials." : "";
  const text = [factsOf(parameter), fallback, oneLine(description)].filter((part) => part !== "").join(" ");
  return `  --${name} ${valueOf(type)}${text === "" ? "" : `\n${wrapped(text, "      ")}`}`;
}

function valueOf(type: TypeModel): string {
  if (type.kind === "number") return "N";
  if (type.kind === "boolean") return "true|false";
  if (type.kind !== "string") return "VALUE";
  if (type.enum !== undefined) return "VALUE";
  return /^u?int64$/.test(type.format ?? "") ? "N" : "TEXT";
}

function bodyOf(type: TypeModel): string {
  return type.kind === "reference" ? type.name : "The body";
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

/** Breaks lines at spaces. */
function wrapped(text: string, indent: string): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && indent.length + line.length + word.length >= WIDTH) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line].map((entry) => indent + entry).join("\n");
}
