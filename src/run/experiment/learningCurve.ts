import type { RunConfig } from '../config.ts';
import { shapeOf } from '../regimens.ts';
import { originKey, originsOf, rowOf, type RunGroup, type Spread } from './table.ts';
import { groupKey, groupNames, withVariant } from './variant.ts';

/** F1 of one variant over the number of gold sentences, upwards. */
export interface LearningCurve {
  readonly name: string;
  /** Key of the variant's first group. */
  readonly key: string;
  readonly points: readonly { readonly gold: number; readonly f1: Spread }[];
}

/**
 * A curve for each set of groups that differ in nothing but the size of gold; those that use silver begin with silver alone,
 * at 0, where a group was trained on it with the same other settings.
 */
export function learningCurves(groups: readonly RunGroup[]): LearningCurve[] {
  const curves = new Map<string, RunGroup[]>();
  for (const group of groups) {
    if (group.config.regimen === 'silver-only') continue;
    const key = curveKey(group, group.config);
    curves.set(key, [...(curves.get(key) ?? []), group]);
  }
  const several = [...curves].filter(([, members]) => members.length > 1);
  const first = several.map(([, members]) => members[0]!);
  const names = groupNames(first.map(({ config }) => ({ ...config, goldSize: null })));
  const origins = originsOf(first.map(({ digests }) => digests));
  return several.map(([key, members], i): LearningCurve => {
    const points = [
      ...silverAlone(groups, key, first[i]!).map((group) => ({ gold: 0, group })),
      ...members.map((group) => ({ gold: goldSizeOf(group), group })),
    ].flatMap(({ gold, group }) => {
      const { f1 } = rowOf(group);
      return f1 === null || gold === null ? [] : [{ gold, f1 }];
    });
    return { name: names[i]! + origins[i]!, key: first[i]!.key, points: points.sort((a, b) => a.gold - b.gold) };
  });
}

/** Equal for two groups exactly when nothing but the size of gold sets them apart; `config` stands in for the group's own. */
function curveKey({ digests }: RunGroup, config: RunConfig): string {
  return `${groupKey({ ...config, goldSize: null })}/${originKey(digests)}`;
}

/** The group on silver alone that the curve begins with, where its variant uses silver and there is one. */
function silverAlone(groups: readonly RunGroup[], key: string, { config }: RunGroup): RunGroup[] {
  if (!shapeOf(config).draws.includes('silver')) return [];
  const found = groups.find(
    (group) => group.config.regimen === 'silver-only' && curveKey(group, withVariant(group.config, config)) === key,
  );
  return found === undefined ? [] : [found];
}

/** Gold sentences that a group trained on: its size, or where it took all of them as many different ones as were drawn. */
export function goldSizeOf({ config, runs }: RunGroup): number | null {
  return config.goldSize ?? runs[0]?.record.seen?.gold.unique ?? null;
}
