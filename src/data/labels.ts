/** Tags of a set of labels as the reference numbers them: `O`, then `B-` and `I-` of each label in the order given. */
export function tagsOf(labels: readonly string[]): readonly string[] {
  return ['O', ...labels.flatMap((label) => [`B-${label}`, `I-${label}`])];
}

/** The label of a tag, null for `O`; labels may hold hyphens: `B-MISC-OTHER` is of `MISC-OTHER`. */
export function labelOfTag(tag: string): string | null {
  return /^[BIESLU]-./.test(tag) ? tag.slice(2) : null;
}
