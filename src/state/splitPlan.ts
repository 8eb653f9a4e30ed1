import { sentenceOf } from '../core/errorTexts.ts';
import { drawSubset, split, type PartSize, type SplitOptions } from '../data/sets/split.ts';
import type { Role, Sentence } from '../data/types.ts';
import { pointsOff, smallTest } from '../eval/compare/smallTest.ts';
import { countsOf, type DatasetCounts } from '../storage/datasets.ts';
import { entitiesIn, type HeldDataset, type NewDataset } from './datasets.svelte.ts';

/** One part as a person asks for it. `size` is a number of sentences or a share such as `10 %`; the last part takes the rest. */
export interface PartForm {
  readonly key: number;
  readonly name: string;
  readonly role: Role;
  readonly size: string;
}

/** How chance deals the sentences out. */
export interface DealForm {
  readonly seed: string;
  readonly stratify: boolean;
  /** Member of `meta` whose equal values stay together; '' = none. */
  readonly groupBy: string;
}

/** What a form would make, before it is done. */
export type Planned =
  { readonly ok: true; readonly parts: readonly PlannedPart[] } | { readonly ok: false; readonly problem: string };

export interface PlannedPart {
  readonly sentences: readonly Sentence[];
  readonly counts: DatasetCounts;
}

/** A number of sentences or a share with `%`; null for anything else. */
export function sizeOf(text: string): PartSize | null {
  const found = /^(\d+(?:[.,]\d+)?)\s*(%?)$/.exec(text.trim());
  if (found === null) return null;
  const value = Number(found[1]!.replace(',', '.'));
  if (found[2] === '%') return value <= 100 ? { share: value / 100 } : null;
  return Number.isInteger(value) ? { count: value } : null;
}

const seedOf = (text: string): number | null => (/^\d{1,9}$/.test(text.trim()) ? Number(text) : null);

export function planSplit(sentences: readonly Sentence[], parts: readonly PartForm[], deal: DealForm): Planned {
  const sizes = parts.slice(0, -1).map(({ size }) => sizeOf(size));
  const wrong = sizes.indexOf(null);
  if (wrong >= 0) return refused(`“${parts[wrong]!.size}” is no size: write 200 or 10 %.`);
  return planned(deal, (options) => split(sentences, sizes as readonly PartSize[], options));
}

export function planDraw(sentences: readonly Sentence[], count: string, deal: DealForm, unlabelled: boolean): Planned {
  const size = sizeOf(count);
  if (size === null) return refused(`“${count}” is no size: write 200 or 10 %.`);
  const wanted = 'count' in size ? size.count : Math.round(size.share * sentences.length);
  return planned(deal, (options) => {
    const drawn = drawSubset(sentences, wanted, options);
    return [unlabelled ? drawn.map(withoutLabels) : drawn];
  });
}

function planned(deal: DealForm, make: (options: SplitOptions) => readonly (readonly Sentence[])[]): Planned {
  const seed = seedOf(deal.seed);
  if (seed === null) return refused('The seed must be a whole number from 0.');
  const groupBy = deal.groupBy === '' ? {} : { groupBy: deal.groupBy };
  try {
    const parts = make({ seed, stratify: deal.stratify, ...groupBy });
    return { ok: true, parts: parts.map((sentences) => ({ sentences, counts: countsOf(sentences) })) };
  } catch (error) {
    return refused(sentenceOf(error).what);
  }
}

/** What is to be said of a test set as small as a plan would make it; null where it is not, or the plan makes none. */
export function smallTestSaid(parts: readonly PartForm[], plan: Planned, held: readonly HeldDataset[]): string | null {
  const made = plan.ok ? plan.parts.filter((_, i) => parts[i]?.role === 'test') : [];
  if (made.length === 0) return null;
  const count = [...made, ...held.filter(({ role }) => role === 'test')].reduce((sum, set) => sum + entitiesIn(set), 0);
  if (count >= smallTest) return null;
  if (count === 0) return 'Test would hold no entity: nothing could be scored on it.';
  return `Test would hold ${String(count)} ${count === 1 ? 'entity' : 'entities'}: by so few a score may be off by about ${pointsOff(count).toFixed(0)} points. From ${String(smallTest)} on it tells more.`;
}

function refused(problem: string): Planned {
  return { ok: false, problem };
}

/** Labels and who made them are taken off: a person will label anew, without having seen them. */
function withoutLabels({ id, text, words, meta }: Sentence): Sentence {
  return { id, text, words, spans: null, ...(meta && { meta }) };
}

/** The members of `meta` that hold sentences together, with the number of their values; such as tell none apart are left out. */
export function groupings(
  sentences: readonly Sentence[],
): readonly { readonly name: string; readonly groups: number }[] {
  const values = new Map<string, Set<string>>();
  for (const { meta } of sentences) {
    for (const [name, value] of Object.entries(meta ?? {})) {
      const known = values.get(name) ?? new Set();
      values.set(name, known.add(value));
    }
  }
  return [...values].flatMap(([name, { size }]) =>
    size > 1 && size < sentences.length ? [{ name, groups: size }] : [],
  );
}

/** How a deal is told in the source of what it made: `seed 0, by label, doc kept together`. */
export function dealInWords({ seed, stratify, groupBy }: DealForm): string {
  const facts = [`seed ${seed.trim()}`, stratify ? 'by label' : '', groupBy === '' ? '' : `${groupBy} kept together`];
  return facts.filter((fact) => fact !== '').join(', ');
}

/** A dataset made from others: it says from which and how, and keeps what must be said of their data. */
export function madeFrom(
  from: readonly HeldDataset[],
  how: string,
  made: Pick<NewDataset, 'name' | 'role' | 'sentences'>,
): NewDataset {
  const notices = [...new Set(from.map(({ notice }) => notice).filter((notice) => notice !== ''))];
  const source = { fileName: '', format: 'made', made: { from: from.map(({ id }) => id), how } };
  return { ...made, findings: [], source, notice: notices.join(' ') };
}
