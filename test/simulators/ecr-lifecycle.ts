/** An image as ECR keeps it. */
export interface Image {
  readonly digest: string;
  readonly tags: string[];
  /** The day on which it was pushed; on the same day, the one listed later is newer. */
  readonly pushedOn: number;
  /** Digest of the manifest list that refers to it, for one part of a multi-architecture image. */
  readonly partOf?: string;
}

interface Selection {
  readonly tagStatus: 'tagged' | 'untagged' | 'any';
  readonly tagPatternList?: string[];
  readonly tagPrefixList?: string[];
  readonly countType: 'imageCountMoreThan' | 'sinceImagePushed';
  readonly countNumber: number;
}
interface Rule { readonly rulePriority: number; readonly selection: Selection }

/**
 * Which images a lifecycle policy expires on a day, by the rules that ECR documents: every rule counts all images that it
 * selects, those of other rules too; it expires the oldest beyond its count, save those that a rule of higher priority
 * selects; and no part of a manifest list goes before the list.
 */
export function expired(policyText: string, images: Image[], today: number): string[] {
  const rules = [...(JSON.parse(policyText) as { rules: Rule[] }).rules].sort((a, b) => a.rulePriority - b.rulePriority);
  const marked = new Set<string>();
  rules.forEach(({ selection }, index) => {
    const higher = rules.slice(0, index);
    beyond(selection, images.filter((image) => selects(selection, image)), today)
      .filter((image) => !higher.some((rule) => selects(rule.selection, image)))
      .filter((image) => !images.some(({ digest }) => digest === image.partOf))
      .forEach(({ digest }) => marked.add(digest));
  });
  return images.map(({ digest }) => digest).filter((digest) => marked.has(digest));
}

function selects({ tagStatus, tagPatternList, tagPrefixList }: Selection, { tags }: Image): boolean {
  switch (tagStatus) {
    case 'any': return true;
    case 'untagged': return tags.length === 0;
    default: {
      const patterns = tagPatternList ?? (tagPrefixList ?? []).map((prefix) => `${prefix}*`);
      return patterns.length > 0 && patterns.every((pattern) => tags.some((tag) => matches(pattern, tag)));
    }
  }
}

function beyond({ countType, countNumber }: Selection, selected: Image[], today: number): Image[] {
  if (countType === 'sinceImagePushed') {
    return selected.filter(({ pushedOn }) => today - pushedOn > countNumber);
  }
  const newestFirst = selected.map((image, listed) => ({ image, listed })).sort((a, b) => b.image.pushedOn - a.image.pushedOn || b.listed - a.listed);
  return newestFirst.slice(countNumber).map(({ image }) => image);
}

function matches(pattern: string, tag: string): boolean {
  const [first, ...rest] = pattern.split('*');
  if (rest.length === 0) {
    return tag === pattern;
  }
  if (!tag.startsWith(first)) {
    return false;
  }
  const last = rest.pop()!;
  let position = first.length;
  for (const part of rest) {
    const found = tag.indexOf(part, position);
    if (found === -1) {
      return false;
    }
    position = found + part.length;
  }
  return tag.length - last.length >= position && tag.endsWith(last);
}
