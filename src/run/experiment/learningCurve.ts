import { rowOf, type RunGroup, type Spread } from './table.ts';
import { variantName } from './variant.ts';

/** F1 of one variant over the number of gold sentences, upwards. */
export interface LearningCurve {
  readonly name: string;
  /** Key of the variant's first group. */
  readonly key: string;
  readonly points: readonly { readonly gold: number; readonly f1: Spread }[];
}

/** A curve for each variant that was trained on several amounts of gold; those that use silver begin with silver alone, at 0. */
export function learningCurves(groups: readonly RunGroup[]): LearningCurve[] {
  const silver = groups.find(({ config }) => config.regimen === 'silver-only');
  const curves = new Map<string, RunGroup[]>();
  for (const group of groups) {
    if (group.config.regimen === 'silver-only') continue;
    const name = variantName({ ...group.config, goldSize: null });
    curves.set(name, [...(curves.get(name) ?? []), group]);
  }
  return [...curves].flatMap(([name, members]): LearningCurve[] => {
    if (members.length < 2) return [];
    const usesSilver = members[0]!.config.regimen !== 'gold-only';
    const points = [
      ...(usesSilver && silver !== undefined ? [{ gold: 0, group: silver }] : []),
      ...members.map((group) => ({ gold: goldSizeOf(group), group })),
    ].flatMap(({ gold, group }) => {
      const { f1 } = rowOf(group);
      return f1 === null || gold === null ? [] : [{ gold, f1 }];
    });
    return [{ name, key: members[0]!.key, points: points.sort((a, b) => a.gold - b.gold) }];
  });
}

/** Gold sentences that a group trained on: its size, or where it took all of them as many different ones as were drawn. */
export function goldSizeOf({ config, runs }: RunGroup): number | null {
  return config.goldSize ?? runs[0]?.record.seen?.gold.unique ?? null;
}
