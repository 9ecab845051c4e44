/** Shorter parts of a URL reveal nothing, and occur in other texts. */
const MIN_PART_LENGTH = 8;

/** Replaces secrets, and the parts of secret URLs, because a response may repeat a URL with escaped slashes. */
export function redact(secrets: string[], text: string): string {
  const parts = secrets
    .flatMap((secret) => [secret, ...secret.split('/')])
    .filter((part) => part.length >= MIN_PART_LENGTH);
  return parts.reduce((rest, part) => rest.split(part).join('***'), text);
}
