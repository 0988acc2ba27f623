/** The graph of imports of a package: values, types and lazy imports. */
import { readFile, readdir } from "node:fs/promises";
import { dirname, join, posix } from "node:path";
import ts from "typescript-6.0";

/** Imported names by the name of what imports them. */
export type Graph = ReadonlyMap<string, readonly string[]>;

/** Returns the relative imports of a source, as paths below the root of the sources. */
export function importsOf(path: string, text: string): readonly string[] {
  const { importedFiles } = ts.preProcessFile(text, true, true);
  return importedFiles
    .map(({ fileName }) => fileName)
    .filter((name) => name.startsWith("."))
    .map((name) => posix.join(posix.dirname(path), name).replace(/\.js$/, ".ts"));
}

/** Reads the graph of all sources below a folder. */
export async function importsBelow(root: string): Promise<Graph> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile() && /(?<!\.d)\.ts$/.test(entry.name))
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(root.length + 1)
        .replaceAll("\\", "/"),
    );
  const graph = new Map<string, readonly string[]>();
  for (const path of paths) graph.set(path, importsOf(path, await readFile(join(root, path), "utf8")));
  return graph;
}

/** Returns the imports between folders. A file in the root counts as a separate folder. */
export function betweenFolders(graph: Graph): Graph {
  const folderOf = (path: string): string => (path.includes("/") ? dirname(path) : path);
  const folders = new Map<string, string[]>();
  for (const [path, imported] of graph) {
    const folder = folderOf(path);
    const others = imported.map(folderOf).filter((other) => other !== folder);
    folders.set(folder, [...(folders.get(folder) ?? []), ...others]);
  }
  return folders;
}

/** Returns the first cycle found from each name, as the names on it. */
export function cyclesIn(graph: Graph): readonly (readonly string[])[] {
  const done = new Set<string>();
  const cycles: (readonly string[])[] = [];
  const visit = (name: string, trail: readonly string[]): void => {
    if (trail.includes(name)) {
      cycles.push([...trail.slice(trail.indexOf(name)), name]);
      return;
    }
    if (done.has(name)) return;
    for (const next of graph.get(name) ?? []) visit(next, [...trail, name]);
    done.add(name);
  };
  for (const name of graph.keys()) visit(name, []);
  return cycles;
}

/** Returns the imports that do not run downwards in a table of layers, the highest first. */
export function upwardIn(graph: Graph, layers: readonly (readonly string[])[]): readonly string[] {
  const nameOf = (path: string): string => path.split("/")[0] ?? path;
  const rankOf = (name: string): number => layers.findIndex((layer) => layer.includes(name));
  const upward: string[] = [];
  for (const [path, imported] of graph) {
    const name = nameOf(path);
    if (rankOf(name) < 0) upward.push(`${path} is in no layer`);
    for (const other of imported) {
      if (nameOf(other) !== name && rankOf(nameOf(other)) <= rankOf(name)) upward.push(`${path} imports ${other}`);
    }
  }
  return upward;
}
