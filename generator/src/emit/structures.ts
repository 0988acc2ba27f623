/**
 * Structures → text, by ts-morph.
 *
 * All statements of a module are handed over in one call: adding node by node would parse the file again each time.
 */
import type { CodeBlockWriter, StatementStructures } from "ts-morph";
import { tsMorph } from "./compiler.js";

const { IndentationText, Project } = tsMorph;

export const { StructureKind } = tsMorph;

const project = new Project({
  useInMemoryFileSystem: true,
  skipLoadingLibFiles: true,
  skipFileDependencyResolution: true,
  manipulationSettings: { indentationText: IndentationText.TwoSpaces },
});

interface StructurePrinter {
  printText(writer: CodeBlockWriter, structure: { readonly statements: readonly StatementStructures[] }): void;
  /** What a text, or a function that writes one, comes to in a writer of its own. */
  getText(writer: CodeBlockWriter, text: unknown): string;
}

/** Gives the printer of each kind of node. */
type PrinterFactory = { [name in "forSourceFile" | (typeof ASKED_OFTEN)[number]]: GivePrinter };
type GivePrinter = (...options: unknown[]) => StructurePrinter;

/** Asked for with every member, and told apart by no more than texts and flags. */
const ASKED_OFTEN = [
  "forDecorator",
  "forInitializerExpressionableNode",
  "forJSDoc",
  "forModifierableNode",
  "forParameterDeclaration",
  "forReturnTypedNode",
  "forTypedNode",
  "forTypeParameterDeclaration",
] as const;

// What `createSourceFile` prints a structure with. That would then parse what it printed, for a third of the time, only
// to hand the text out again. The types hide it; package.json pins the version, and every golden file tests it.
const { structurePrinterFactory } = (
  project as unknown as { readonly _context: { readonly structurePrinterFactory: PrinterFactory } }
)._context;
const printer = quickFactory(structurePrinterFactory).forSourceFile({ isAmbient: false });
quickenTexts(printer);

/** The text of these statements, formatted. */
export function printStructures(statements: readonly StatementStructures[]): string {
  const writer = project.createWriter();
  printer.printText(writer, { statements });
  return writer.toString();
}

/** The factory writes JSON to find a printer that it gave before, a tenth of the time. */
function quickFactory(factory: PrinterFactory): PrinterFactory {
  const quick: PrinterFactory = Object.create(factory);
  for (const name of ASKED_OFTEN) {
    const known = new Map<string, StructurePrinter>();
    quick[name] = (...options) => {
      const key = options.join();
      const printer = known.get(key) ?? factory[name].apply(quick, options);
      known.set(key, printer);
      return printer;
    };
  }
  return quick;
}

/** Each type has a writer made for it, a quarter of the time; from a text of one line it comes out as it went in. */
function quickenTexts(printer: StructurePrinter): void {
  let base = printer;
  while (!Object.hasOwn(base, "getText")) base = Object.getPrototypeOf(base);
  const { getText } = base;
  base.getText = function quick(writer, text) {
    return typeof text === "string" && !text.includes("\n") ? text : getText.call(this, writer, text);
  };
}
