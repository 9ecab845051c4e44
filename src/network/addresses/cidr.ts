/** IPv4 CIDR block as numbers, for computations inside this module. */
export class Cidr {
  /** Parses a block. Returns undefined for other text, and for an address inside the block. */
  public static parse(text: string): Cidr | undefined {
    const parsed = Cidr.addressAndMask(text);
    return parsed && parsed.address % 2 ** (32 - parsed.mask) === 0 ? new Cidr(parsed.address, parsed.mask) : undefined;
  }

  /** Block of an address and a prefix length, as security groups read it. Returns undefined for other text. */
  public static around(text: string): Cidr | undefined {
    const parsed = Cidr.addressAndMask(text);
    return parsed && new Cidr(parsed.address - (parsed.address % 2 ** (32 - parsed.mask)), parsed.mask);
  }

  private static addressAndMask(text: string): { address: number; mask: number } | undefined {
    const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
    if (!match) {
      return undefined;
    }
    const [a, b, c, d, mask] = match.slice(1).map(Number);
    const address = ((a * 256 + b) * 256 + c) * 256 + d;
    return [a, b, c, d].every((octet) => octet <= 255) && mask <= 32 ? { address, mask } : undefined;
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
