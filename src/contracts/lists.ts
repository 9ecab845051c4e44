/** Each value once, in the order of its first place. */
export function distinct<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}

/** Parts of a list with so many entries each, the last one with the rest. */
export function inParts<T>(list: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, index) =>
    list.slice(index * size, (index + 1) * size),
  );
}
