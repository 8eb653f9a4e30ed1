import type { RunGroup } from '../experiment/table.ts';

const mixKinds = 5;

/** Silver and gold are the colours of their sources; ways that mix both have one each, and a dash. By key of the group. */
export function kindsOf(groups: readonly Pick<RunGroup, 'key' | 'config'>[]): ReadonlyMap<string, string> {
  let mixes = 0;
  return new Map(
    groups.map(({ key, config }) => {
      if (config.regimen === 'gold-only') return [key, 'gold'];
      if (config.regimen === 'silver-only') return [key, 'silver'];
      const at = mixes++ % mixKinds;
      return [key, at === 0 ? 'mix' : `mix v${String(at)}`];
    }),
  );
}

export type Kinds = ReturnType<typeof kindsOf>;
