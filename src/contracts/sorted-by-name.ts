/**
 * Copy of a map in the order of its names.
 *
 * The order of Java's `Map.of` differs in each run. Without sorting, each run would register another task definition.
 */
export function sortedByName<T>(map: { readonly [name: string]: T } = {}): { [name: string]: T } {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));
}
