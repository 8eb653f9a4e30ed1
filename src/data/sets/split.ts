import { AppError } from '../../core/errors.ts';
import { createRandom } from '../../core/random.ts';
import type { Sentence } from '../types.ts';

/** A part to be split off: a number of sentences, or a share, 0 … 1, of all. The last part of a split takes what is left. */
export type PartSize = { readonly count: number } | { readonly share: number };

export interface SplitOptions {
  readonly seed: number;
  /** Every part gets its share of each label. */
  readonly stratify?: boolean;
  /** Sentences with the same value of this member of `meta` stay together; those without are by themselves. */
  readonly groupBy?: string;
}

/** Sentences that stay together. */
interface Group {
  readonly indices: readonly number[];
  /** Spans of each label. */
  readonly labels: ReadonlyMap<string, number>;
}

/** A part while it is filled. */
interface Filling {
  readonly indices: number[];
  readonly size: number;
  /** Spans of each label that the part still wants. */
  readonly wants: Map<string, number>;
}

/**
 * Splits sentences at random into as many parts as there are sizes, and one more with the rest. The same seed gives the
 * same split; within a part sentences stand in their old order. Grouped or stratified parts have their size but for half
 * a group. Throws `data-invalid` for sizes that are more than there is.
 *
 * Stratified, the rarest labels are dealt first, each group to the part that wants most of that label (Sechidis,
 * Tsoumakas & Vlahavas 2011, iterative stratification).
 */
export function split(sentences: readonly Sentence[], sizes: readonly PartSize[], options: SplitOptions): Sentence[][] {
  const counts = sizes.map((size) => ('count' in size ? size.count : Math.round(size.share * sentences.length)));
  const rest = sentences.length - counts.reduce((sum, count) => sum + count, 0);
  if (rest < 0 || counts.some((count) => !(count >= 0))) {
    const reason = `the parts want ${counts.join(' + ')} of ${String(sentences.length)} sentences`;
    throw new AppError('data-invalid', reason, { reason });
  }
  const groups = groupsOf(sentences, options.groupBy);
  createRandom(options.seed, 'split').shuffle(groups);
  const totals = options.stratify === true ? totalsOf(groups) : new Map<string, number>();
  const parts = [...counts, rest].map((size): Filling => {
    const share = size / Math.max(1, sentences.length);
    return { indices: [], size, wants: new Map([...totals].map(([label, total]) => [label, share * total])) };
  });
  for (const [label] of [...totals].sort((a, b) => a[1] - b[1] || (a[0] < b[0] ? -1 : 1))) {
    for (const group of groups) if (group.labels.has(label)) deal(group, parts, label);
    groups.splice(0, groups.length, ...groups.filter((group) => !group.labels.has(label)));
  }
  for (const group of groups) deal(group, parts, null);
  return parts.map(({ indices }) => indices.sort((a, b) => a - b).map((i) => sentences[i]!));
}

/** `count` sentences drawn at random, see `split`: what a person will label as gold. */
export function drawSubset(sentences: readonly Sentence[], count: number, options: SplitOptions): Sentence[] {
  return split(sentences, [{ count: Math.min(count, sentences.length) }], options)[0]!;
}

function groupsOf(sentences: readonly Sentence[], groupBy: string | undefined): Group[] {
  const byName = new Map<string, number[]>();
  const groups: number[][] = [];
  sentences.forEach(({ meta }, i) => {
    const name = groupBy === undefined ? undefined : meta?.[groupBy];
    const known = name === undefined ? undefined : byName.get(name);
    if (known !== undefined) {
      known.push(i);
      return;
    }
    const group = [i];
    groups.push(group);
    if (name !== undefined) byName.set(name, group);
  });
  return groups.map((indices) => ({ indices, labels: labelsOf(indices.map((i) => sentences[i]!)) }));
}

function labelsOf(sentences: readonly Sentence[]): Map<string, number> {
  const labels = new Map<string, number>();
  for (const { spans } of sentences)
    for (const { label } of spans ?? []) labels.set(label, (labels.get(label) ?? 0) + 1);
  return labels;
}

function totalsOf(groups: readonly Group[]): Map<string, number> {
  const totals = new Map<string, number>();
  for (const { labels } of groups)
    for (const [label, count] of labels) totals.set(label, (totals.get(label) ?? 0) + count);
  return totals;
}

/** Gives a group to the part that wants the label most and has room, of equals to the one with most room. */
function deal({ indices, labels }: Group, parts: readonly Filling[], label: string | null): void {
  const room = ({ indices: has, size }: Filling) => size - has.length;
  const wanted = (part: Filling) => (label === null ? 0 : (part.wants.get(label) ?? 0));
  // A part may be overfilled by less than half a group; something always has room for half of what is left.
  const open = parts.filter((part) => room(part) >= indices.length / 2);
  const candidates = open.length > 0 ? open : parts;
  const best = candidates.reduce((a, b) => {
    const more = wanted(b) - wanted(a) || room(b) - room(a);
    return more > 0 ? b : a;
  });
  best.indices.push(...indices);
  for (const [own, count] of labels) best.wants.set(own, (best.wants.get(own) ?? 0) - count);
}
