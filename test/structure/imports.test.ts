import * as fs from 'node:fs';
import * as path from 'node:path';
import { preProcessFile } from 'typescript';

const SRC = path.join(__dirname, '..', '..', 'src');

/** Source files below a folder, those that only export aside. */
function sourcesOf(folder: string): string[] {
  return fs.readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && path.basename(file) !== 'index.ts')
    .map((file) => path.join(folder, file));
}

/** Files that a file imports, by value or by type. An index stands for the files that it exports. */
function importsOf(file: string): string[] {
  return preProcessFile(fs.readFileSync(file, 'utf8')).importedFiles
    .filter(({ fileName }) => fileName.startsWith('.'))
    .flatMap(({ fileName }) => {
      const target = path.resolve(path.dirname(file), fileName);
      return fs.existsSync(`${target}.ts`) ? [`${target}.ts`] : importsOf(path.join(target, 'index.ts'));
    });
}

/** The first way from a file back to itself, empty where there is none. */
function cycleFrom(file: string, graph: Map<string, string[]>): string[] {
  const seen = new Set<string>();
  const search = (at: string, way: string[]): string[] => {
    for (const next of graph.get(at) ?? []) {
      if (next === file) {
        return [...way, next];
      }
      if (!seen.has(next)) {
        seen.add(next);
        const found = search(next, [...way, next]);
        if (found.length > 0) {
          return found;
        }
      }
    }
    return [];
  };
  return search(file, [file]);
}

describe('imports of src', () => {
  const sources = sourcesOf(SRC);
  const graph = new Map(sources.map((file) => [file, importsOf(file)]));

  test('reach most files, so that a cycle would be seen', () => {
    expect(new Set([...graph.values()].flat()).size).toBeGreaterThan(sources.length * 0.8);
  });

  test.each(sources.map((file) => path.relative(SRC, file)))('%s does not import itself through others, types included', (file) => {
    expect(cycleFrom(path.join(SRC, file), graph).map((step) => path.relative(SRC, step))).toEqual([]);
  });
});
