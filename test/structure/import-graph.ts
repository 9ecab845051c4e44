import * as fs from 'node:fs';
import * as path from 'node:path';
import { preProcessFile } from 'typescript';

const SRC = path.join(__dirname, '..', '..', 'src');

/** Folders of src, each with the other folders that it imports. */
export type FolderGraph = Map<string, Set<string>>;

/** Imports between folders, as a reader sees them: `folderOf` gives the folder that a file counts for, or undefined. */
export function folderGraph(folderOf: (file: string) => string | undefined): FolderGraph {
  const graph: FolderGraph = new Map();
  for (const file of sources()) {
    const folder = folderOf(file);
    if (folder === undefined) {
      continue;
    }
    const others = graph.get(folder) ?? new Set<string>();
    importsOf(file).map(folderOf).filter((other) => other !== undefined && other !== folder).forEach((other) => others.add(other!));
    graph.set(folder, others);
  }
  return graph;
}

/** Edges without those that a longer path implies, in alphabetical order. A graph with a cycle is refused: it has no such edges. */
export function reducedEdges(graph: FolderGraph): [from: string, to: string][] {
  const cyclic = [...graph.keys()].filter((folder) => reaches(graph, folder, folder));
  if (cyclic.length > 0) {
    throw new Error(`These folders import each other: ${cyclic.join(', ')}. Move what they share into a folder below.`);
  }
  const edges = [...graph].flatMap(([from, others]) => [...others].map((to): [string, string] => [from, to]));
  return edges
    .filter(([from, to]) => ![...graph.get(from)!].some((other) => other !== to && reaches(graph, other, to)))
    .sort(([a, b], [c, d]) => (`${a} ${b}` < `${c} ${d}` ? -1 : 1));
}

/** Whether imports lead from a folder to another, or back to itself. */
function reaches(graph: FolderGraph, from: string, to: string): boolean {
  const seen = new Set<string>();
  const open = [from];
  for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
    const others = [...graph.get(folder) ?? []];
    if (others.includes(to)) {
      return true;
    }
    open.push(...others.filter((other) => !seen.has(other)));
    others.forEach((other) => seen.add(other));
  }
  return false;
}

/** Files of src by their path below it, indexes aside. */
export function sources(): string[] {
  return fs.readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && path.basename(file) !== 'index.ts')
    .map((file) => file.split(path.sep).join('/'));
}

/** Files and indexes that a file imports, by value or by type. */
function importsOf(file: string): string[] {
  return preProcessFile(fs.readFileSync(path.join(SRC, file), 'utf8')).importedFiles
    .filter(({ fileName }) => fileName.startsWith('.'))
    .map(({ fileName }) => path.posix.join(path.posix.dirname(file), fileName))
    .map((target) => (fs.existsSync(path.join(SRC, `${target}.ts`)) ? `${target}.ts` : `${target}/index.ts`));
}

/** Files that a file imports, where an index stands for the files that it exports. */
export function filesImportedBy(file: string): string[] {
  return importsOf(file).flatMap((other) => (path.posix.basename(other) === 'index.ts' ? filesImportedBy(other) : [other]));
}
