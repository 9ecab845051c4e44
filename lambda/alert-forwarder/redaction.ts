/** Shorter parts of a URL reveal nothing, and occur in other texts. */
const MIN_PART_LENGTH = 8;

/**
 * Replaces secrets, and the parts of secret URLs: of the path, because a response may repeat it with escaped slashes,
 * and of the query string, each as it is written and as it is meant.
 */
export function redact(secrets: string[], text: string): string {
  const parts = secrets
    .flatMap((secret) => [secret, ...secret.split(/[/?&=#;@]/)])
    .flatMap((part) => [part, decoded(part), encodeURIComponent(part), encodeURIComponent(decoded(part))])
    .filter((part) => part.length >= MIN_PART_LENGTH)
    // A part of another part would leave the rest of that one.
    .sort((one, other) => other.length - one.length);
  return parts.reduce((rest, part) => rest.split(part).join('***'), text);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
