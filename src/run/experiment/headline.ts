import { inPoints, intervalsInWords } from '../../eval/compare/words.ts';
import type { ExperimentResult } from './compareRuns.ts';
import type { TableRow } from './table.ts';

type Judged = ExperimentResult['comparisons'][number];

/**
 * The answer of a comparison in one sentence, or two where there is more than one comparison: what is better than its
 * baseline, or that nothing was shown to be. It claims no more than the sentences of the single comparisons do.
 */
export function headlineOf({ rows, comparisons }: Pick<ExperimentResult, 'rows' | 'comparisons'>): string {
  const scored = rows.filter((row) => row.kind === 'runs' && row.f1 !== null);
  if (scored.length === 0) return 'No run was scored: there was neither test nor dev data.';
  const compared = comparisons.filter(({ seeds }) => seeds.length > 0);
  if (compared.length === 0) return scored.length === 1 ? alone(scored[0]!) : (comparisons[0]?.sentence ?? '');
  if (compared.length === 1) return compared[0]!.sentence;
  const better = highestFirst(compared.filter(({ verdict }) => verdict === 'better'));
  const [best, ...alsoBetter] = better;
  if (best !== undefined) {
    return alsoBetter.length === 0
      ? best.sentence
      : `${best.sentence} ${namesOf(alsoBetter)} ${isOrAre(alsoBetter)} better too.`;
  }
  const judged = compared.filter(({ verdict }) => verdict !== 'too-few-seeds');
  if (judged.length === 0) return highestFirst(compared)[0]!.sentence;
  return noneBetter(judged, compared.length - judged.length);
}

function noneBetter(judged: readonly Judged[], unjudged: number): string {
  const [top] = highestFirst(judged);
  if (judged.length === 1 && unjudged === 0) return top!.sentence;
  const worse = judged.filter(({ verdict }) => verdict === 'worse');
  const baselines = new Set(judged.map(({ baseline }) => baseline));
  const than = baselines.size === 1 ? top!.baseline : 'the baseline on as much gold';
  const seeds = `${String(top!.seeds.length)} seeds`;
  return [
    `With ${seeds}, no evidence that any of ${String(judged.length)} ways is better than ${than}: the highest mean, that of ${top!.name}, differs by ${inPoints(top!.difference)} (${intervalsInWords(top!)}).`,
    ...(worse.length === 0 ? [] : [`${namesOf(worse)} ${isOrAre(worse)} worse.`]),
    ...(unjudged === 0
      ? []
      : [`${String(unjudged)} more ${unjudged === 1 ? 'has' : 'have'} too few seeds for a verdict.`]),
  ].join(' ');
}

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

function namesOf(comparisons: readonly Judged[]): string {
  const names = comparisons.map(({ name }) => name);
  const last = names.pop() ?? '';
  return names.length === 0 ? last : `${names.join('; ')} and ${last}`;
}
