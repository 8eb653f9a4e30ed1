import { entitiesOf } from '../eval/entities.ts';
import type { Pair } from './bothLabels.ts';
import type { Part, WhyPoint } from './why.ts';

/** Tag numbers of the words of each pair. */
export type Tagged = readonly ArrayLike<number>[];

type Entities = ReadonlySet<string>;

/** Entities of each pair, by what makes two of them equal; those that hold a word in doubt are left out. */
function entitiesIn(pairs: readonly Pair[], tagged: Tagged, tags: readonly string[]): Entities[] {
  return pairs.map(({ doubted }, i) => {
    const names = Array.from(tagged[i]!, (number) => tags[number] ?? 'O');
    const sure = entitiesOf(names, 'default').filter(({ start, end }) => !doubted.slice(start, end).includes(true));
    return new Set(sure.map(({ label, start, end }) => `${label} ${String(start)} ${String(end)}`));
  });
}

const goldOf = (pairs: readonly Pair[]) => pairs.map(({ gold }) => gold);
const silverOf = (pairs: readonly Pair[]) => pairs.map(({ silver }) => silver);

/** Of all entities that `asked` keeps of `from`, how many `counts` keeps. */
function part(
  from: readonly Entities[],
  asked: (entity: string, pair: number) => boolean,
  counts: (entity: string, pair: number) => boolean,
): Part {
  const all = from.flatMap((entities, pair) =>
    [...entities].filter((e) => asked(e, pair)).map((e) => [e, pair] as const),
  );
  return { n: all.filter(([entity, pair]) => counts(entity, pair)).length, of: all.length };
}

/** What a prediction repeats of the teacher's mistakes. */
export function repeatedOf(pairs: readonly Pair[], predicted: Tagged, tags: readonly string[]): WhyPoint['repeated'] {
  const of = (tagged: Tagged) => entitiesIn(pairs, tagged, tags);
  const [gold, silver, found] = [of(goldOf(pairs)), of(silverOf(pairs)), of(predicted)];
  return {
    invented: part(
      silver,
      (e, i) => !gold[i]!.has(e),
      (e, i) => found[i]!.has(e),
    ),
    missed: part(
      gold,
      (e, i) => !silver[i]!.has(e),
      (e, i) => !found[i]!.has(e),
    ),
  };
}

/** What a prediction no longer has of an earlier one, `taught`. */
export function undoneOf(
  pairs: readonly Pair[],
  taught: Tagged,
  predicted: Tagged,
  tags: readonly string[],
): NonNullable<WhyPoint['undone']> {
  const of = (tagged: Tagged) => entitiesIn(pairs, tagged, tags);
  const [gold, before, found] = [of(goldOf(pairs)), of(taught), of(predicted)];
  return {
    right: part(
      before,
      (e, i) => gold[i]!.has(e),
      (e, i) => !found[i]!.has(e),
    ),
    wrong: part(
      before,
      (e, i) => !gold[i]!.has(e),
      (e, i) => !found[i]!.has(e),
    ),
  };
}
