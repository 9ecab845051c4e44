/** Shorter parts of an address tell nothing, and may stand in any text. */
const SHORTEST_PART = 8;

/** A text without secrets, and without the parts of a secret address: who repeats it may have escaped its slashes. */
export function without(secrets: string[], text: string): string {
  const parts = secrets.flatMap((secret) => [secret, ...secret.split('/')]).filter((part) => part.length >= SHORTEST_PART);
  return parts.reduce((rest, part) => rest.split(part).join('***'), text);
}
