import { inPoints, intervalsInWords } from '../../eval/compare/words.ts';
import { pText } from './cells.ts';
import type { ExperimentResult } from './compareRuns.ts';
import type { TableRow } from './table.ts';

type Judged = ExperimentResult['comparisons'][number];

/** The answer of a comparison: one sentence that is read first, and what it rests on; empty where nothing more is known. */
export interface Headline {
  readonly text: string;
  readonly detail: string;
}

/**
 * What is better than its baseline, or that nothing was shown to be. It claims no more than the sentences of the single
 * comparisons do.
 */
export function headlineOf({ rows, comparisons }: Pick<ExperimentResult, 'rows' | 'comparisons'>): Headline {
  const scored = rows.filter((row) => row.kind === 'runs' && row.f1 !== null);
  if (scored.length === 0) return plain('No run was scored: there was neither test nor dev data.');
  const compared = highestFirst(comparisons.filter(({ seeds }) => seeds.length > 0));
  const [top] = compared;
  if (top === undefined) return plain(scored.length === 1 ? alone(scored[0]!) : (comparisons[0]?.sentence ?? ''));
  const better = compared.filter(({ verdict }) => verdict === 'better');
  if (better.length > 0) return isBetter(better);
  const judged = compared.filter(({ verdict }) => verdict !== 'too-few-seeds');
  if (judged.length === 0) return plain(top.sentence);
  return noneBetter(judged, compared.length - judged.length);
}

function isBetter([best, ...others]: readonly Judged[]): Headline {
  const { name, baseline, seeds, difference, comparisons } = best!;
  const also = others.length === 0 ? '' : ` ${namesOf(others)} ${isOrAre(others)} better too.`;
  const corrected = comparisons > 1 ? `, after Holm’s correction for ${String(comparisons)} comparisons` : '';
  return {
    text: `With ${String(seeds.length)} seeds, ${name} is better than ${baseline} on this test set: ${inPoints(difference)}.${also}`,
    detail: `${name}: ${intervalsInWords(best!)}. The tests over seeds and over test data both hold${corrected}.`,
  };
}

function noneBetter(judged: readonly Judged[], unjudged: number): Headline {
  const top = judged[0]!;
  const worse = judged.filter(({ verdict }) => verdict === 'worse');
  const baselines = new Set(judged.map(({ baseline }) => baseline));
  const than = baselines.size === 1 ? top.baseline : 'the baseline on as much gold';
  const seeds = `With ${String(top.seeds.length)} seeds`;
  const by = inPoints(top.difference);
  const one = top.verdict === 'worse' ? `${top.name} is worse than` : `no evidence that ${top.name} is better than`;
  const text =
    judged.length === 1
      ? `${seeds}, ${one} ${than}: ${by}.`
      : `${seeds}, no evidence that any of ${String(judged.length)} ways is better than ${than}: the largest difference, that of ${top.name}, is ${by}.`;
  return {
    text: [
      text,
      ...(worse.length === 0 || judged.length === 1 ? [] : [`${namesOf(worse)} ${isOrAre(worse)} worse.`]),
      ...(unjudged === 0
        ? []
        : [`${String(unjudged)} more ${unjudged === 1 ? 'has' : 'have'} too few seeds for a verdict.`]),
    ].join(' '),
    detail: `${top.name}: ${intervalsInWords(top)}; ${valuesInWords(top)}.`,
  };
}

/** The p values that a verdict goes by: an interval is of one comparison alone, and may leave 0 out all the same. */
function valuesInWords({ overSeeds, overUnits, comparisons }: Judged): string {
  const corrected = comparisons > 1 ? `after Holm’s correction for ${String(comparisons)} comparisons ` : '';
  return `${corrected}p ${pText(overSeeds.pHolm)} over seeds and ${pText(overUnits?.pHolm)} over test data`;
}

const plain = (text: string): Headline => ({ text, detail: '' });

function alone({ name, f1, n }: TableRow): string {
  const mean = f1?.mean.toFixed(3) ?? '–';
  const sd = f1?.sd ?? null;
  return sd === null
    ? `${name}: F1 ${mean} from one run. More seeds show how much of it is chance.`
    : `${name}: F1 ${mean} ± ${sd.toFixed(3)}, mean and sd of ${String(n)} seeds. Nothing stands beside it yet.`;
}

function highestFirst(comparisons: readonly Judged[]): Judged[] {
  return [...comparisons].sort((a, b) => b.difference - a.difference);
}

const isOrAre = (some: readonly unknown[]) => (some.length === 1 ? 'is' : 'are');

/** Names that are read; a long list of them is left to the table. */
const mostNames = 3;

function namesOf(comparisons: readonly Judged[]): string {
  if (comparisons.length > mostNames) return `${String(comparisons.length)} others`;
  const names = comparisons.map(({ name }) => name);
  const last = names.pop() ?? '';
  return names.length === 0 ? last : `${names.join('; ')} and ${last}`;
}
