/**
 * Structures → text. The only file that runs ts-morph.
 *
 * All statements of a module are handed over in one call: adding node by node would parse the file again each time.
 */
import { createRequire } from "node:module";
import type * as TsMorph from "ts-morph";
import type { CodeBlockWriter, StatementStructures } from "ts-morph";

// Through `import` Node would first scan this CommonJS file for export names, which takes longer than running it.
const { IndentationText, Project, StructureKind } = createRequire(import.meta.url)("ts-morph") as typeof TsMorph;

export { StructureKind };

const project = new Project({
  useInMemoryFileSystem: true,
  skipLoadingLibFiles: true,
  skipFileDependencyResolution: true,
  manipulationSettings: { indentationText: IndentationText.TwoSpaces },
});

interface StructurePrinters {
  readonly _context: {
    readonly structurePrinterFactory: {
      forSourceFile(options: { readonly isAmbient: boolean }): {
        printText(writer: CodeBlockWriter, structure: { readonly statements: readonly StatementStructures[] }): void;
      };
    };
  };
}

// What `createSourceFile` prints a structure with. That would then parse what it printed, for a third of the time, only
// to hand the text out again. The types hide it; package.json pins the version, and every golden file tests it.
const printer = (project as unknown as StructurePrinters)._context.structurePrinterFactory.forSourceFile({
  isAmbient: false,
});

/** The text of these statements, formatted. */
export function printStructures(statements: readonly StatementStructures[]): string {
  const writer = project.createWriter();
  printer.printText(writer, { statements });
  return writer.toString();
}
