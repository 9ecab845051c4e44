/** Wildcards of a pattern language, each with its regular expression. */
export type Wildcards = ReadonlyMap<string, string>;

/** Literal text as part of a regular expression. */
export function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** Regular expression of a pattern for whole texts. All characters but the wildcards are literal. */
export function globToRegExp(pattern: string, wildcards: Wildcards): RegExp {
  const parts = [...pattern].map((character) => wildcards.get(character) ?? escapeRegExp(character));
  return new RegExp(`^${parts.join('')}$`);
}
