import type { RunGroup } from '../experiment/table.ts';

const mixKinds = 5;

type Kinded = Pick<RunGroup, 'key' | 'config'>;

/**
 * Silver and gold are the colours of their sources; ways that mix both have one each, and a dash. By key of the group;
 * groups that `wayOf` gives one name have one colour.
 */
export function kindsOf(groups: readonly Kinded[], wayOf = ({ key }: Kinded) => key): ReadonlyMap<string, string> {
  const mixes = new Map<string, number>();
  return new Map(
    groups.map((group) => {
      const { key, config } = group;
      if (config.regimen === 'gold-only') return [key, 'gold'];
      if (config.regimen === 'silver-only') return [key, 'silver'];
      const way = wayOf(group);
      if (!mixes.has(way)) mixes.set(way, mixes.size);
      const at = mixes.get(way)! % mixKinds;
      return [key, at === 0 ? 'mix' : `mix v${String(at)}`];
    }),
  );
}

export type Kinds = ReturnType<typeof kindsOf>;
