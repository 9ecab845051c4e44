/** A map whose order follows from its names. A `Map.of` of Java has another order in each run, and each would be another task definition. */
export function sortedByName<T>(map: { readonly [name: string]: T } = {}): { [name: string]: T } {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));
}
