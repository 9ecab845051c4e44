/** First and last address of an IPv4 block, as numbers; `undefined` for what is none. */
function range(block: string): readonly [number, number] | undefined {
  const [, a, b, c, d, bits] = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(block)?.map(Number) ?? [];
  if (bits === undefined) {
    return undefined;
  }
  const size = 2 ** (32 - bits);
  const first = Math.floor(((a * 256 + b) * 256 + c) * 256 + d);
  const start = first - (first % size);
  return [start, start + size - 1];
}

/** Tells if two IPv4 blocks have an address in common. */
export function overlaps(one: string, other: string): boolean {
  const [a, b] = [range(one), range(other)];
  return a !== undefined && b !== undefined && a[0] <= b[1] && b[0] <= a[1];
}

/** Tells if a block holds all addresses of another. Equal texts hold each other, whatever they are. */
export function contains(outer: string, inner: string): boolean {
  const [a, b] = [range(outer), range(inner)];
  return outer === inner || (a !== undefined && b !== undefined && a[0] <= b[0] && a[1] >= b[1]);
}
