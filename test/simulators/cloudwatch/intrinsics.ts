/** A value of a template as one text, the same for everything that refers to the same thing: `Ref` is the logical id, `GetAtt` is `id.Attribute`. */
export function asText(value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    return String(value);
  }
  const [[intrinsic, argument]] = Object.entries(value as { [intrinsic: string]: unknown });
  switch (intrinsic) {
    case 'Ref': return argument as string;
    case 'Fn::GetAtt': return (argument as string[]).join('.');
    case 'Fn::Join': {
      const [delimiter, parts] = argument as [string, unknown[]];
      return parts.map(asText).join(delimiter);
    }
    // The name of a service, for example, out of its ARN: what it is doesn't matter, only that it is the same everywhere.
    case 'Fn::Select':
    case 'Fn::Split':
    case 'Fn::ImportValue':
    case 'Fn::GetStackOutput': return JSON.stringify(value);
    default: throw new Error(`${intrinsic} is not understood`);
  }
}
