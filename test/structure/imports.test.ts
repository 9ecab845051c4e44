import { filesImportedBy, sources } from './import-graph';

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
  const files = sources();
  const graph = new Map(files.map((file) => [file, filesImportedBy(file)]));

  test('reach most files, so that a cycle would be seen', () => {
    expect(new Set([...graph.values()].flat()).size).toBeGreaterThan(files.length * 0.8);
  });

  test.each(files)('%s does not import itself through others, types included', (file) => {
    expect(cycleFrom(file, graph)).toEqual([]);
  });
});
