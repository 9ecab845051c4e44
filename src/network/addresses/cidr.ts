/** IPv4 CIDR block as numbers, for computations inside this module. */
export class Cidr {
  /** Parses a block. Returns undefined for other text, and for an address inside the block. */
  public static parse(text: string): Cidr | undefined {
    const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
    if (!match) {
      return undefined;
    }
    const [a, b, c, d, mask] = match.slice(1).map(Number);
    const start = ((a * 256 + b) * 256 + c) * 256 + d;
    const aligned = mask <= 32 && start % 2 ** (32 - mask) === 0;
    return [a, b, c, d].every((octet) => octet <= 255) && aligned ? new Cidr(start, mask) : undefined;
  }

  public constructor(
    public readonly start: number,
    public readonly mask: number,
  ) {}

  public get size(): number {
    return 2 ** (32 - this.mask);
  }

  public get end(): number {
    return this.start + this.size;
  }

  public contains(other: Cidr): boolean {
    return this.start <= other.start && other.end <= this.end;
  }

  public overlaps(other: Cidr): boolean {
    return this.start < other.end && other.start < this.end;
  }

  public toString(): string {
    const octets = [24, 16, 8, 0].map((shift) => Math.floor(this.start / 2 ** shift) % 256);
    return `${octets.join('.')}/${this.mask}`;
  }
}
