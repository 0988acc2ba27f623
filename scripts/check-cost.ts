/** Measures the cost of type-checking a program that uses a library. */
import { spawnSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { COMPILERS } from "./type-check.js";

export interface Program {
  /** The file name. Unique within a folder. */
  readonly name: string;
  readonly text: string;
  /** Global type packages, such as `node`. Default: none. */
  readonly types?: readonly string[];
  /** Default: true. */
  readonly skipLibCheck?: boolean;
}

export interface CheckCost {
  readonly types: number;
  readonly instantiations: number;
  /** MB in use at the end, as reported by the compiler. */
  readonly memory: number;
  /** The peak memory of the process in MB, including Node and the compiler. */
  readonly peak: number;
  /** Milliseconds from reading the first file to the last error, as reported by the compiler. */
  readonly time: number;
  /** Milliseconds of the complete process, including the start of Node and the compiler. */
  readonly wallTime: number;
  /** The type errors, one per line. Empty if there are none. */
  readonly errors: string;
}

const printPeak = `data:text/javascript,process.on("exit",()=>console.log("Peak: "+process.resourceUsage().maxRSS))`;

/** A program without libraries: the cost that is always there. */
export const BARE = "export {};\n";

/** Checks a program in a folder with TypeScript 5.9, which reports the most figures. */
export async function checkCost(folder: string, program: Program): Promise<CheckCost> {
  const { name, text, types = [], skipLibCheck = true } = program;
  const compilerOptions = {
    target: "es2022",
    lib: ["es2022"],
    types,
    module: "nodenext",
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    skipLibCheck,
  };
  const config = join(folder, `${name}.tsconfig.json`);
  await writeFile(join(folder, `${name}.ts`), text);
  await writeFile(config, JSON.stringify({ compilerOptions, files: [`${name}.ts`] }));
  const start = performance.now();
  const { stdout, stderr, error } = spawnSync(
    process.execPath,
    ["--import", printPeak, COMPILERS["5.9"], "-p", config, "--extendedDiagnostics", "--pretty", "false"],
    { cwd: folder, encoding: "utf8", maxBuffer: 1 << 28 },
  );
  const wallTime = performance.now() - start;
  if (error !== undefined) throw error;
  const figure = (label: string): number => {
    const found = new RegExp(String.raw`^${label}:\s+([\d.]+)`, "m").exec(stdout)?.[1];
    if (found === undefined)
      throw new Error(`the compiler did not report "${label}": ${stdout}${stderr}`.slice(0, 2000));
    return Number(found);
  };
  return {
    types: figure("Types"),
    instantiations: figure("Instantiations"),
    memory: figure("Memory used") / 1024,
    peak: figure("Peak") / 1024,
    time: figure("Total time") * 1000,
    wallTime,
    errors: stdout
      .split("\n")
      .filter((line) => line.includes("error TS"))
      .join("\n"),
  };
}
