import type { RunGroup } from '../experiment/table.ts';
import { shapeOf } from '../regimens.ts';

/** How many of one kind look different. */
const looks = 5;

type Kinded = Pick<RunGroup, 'key' | 'config'>;

/**
 * Silver and gold are the colours of what draws from one source alone; ways that mix both have one colour each. What would
 * look alike has a dash of its own. By key of the group; groups that `wayOf` gives one name look the same.
 */
export function kindsOf(groups: readonly Kinded[], wayOf = ({ key }: Kinded) => key): ReadonlyMap<string, string> {
  const ways = { gold: new Map<string, number>(), silver: new Map<string, number>(), mix: new Map<string, number>() };
  return new Map(
    groups.map((group) => {
      const { draws } = shapeOf(group.config);
      const kind = draws.length > 1 ? 'mix' : (draws[0] ?? 'mix');
      const [way, numbers] = [wayOf(group), ways[kind]];
      if (!numbers.has(way)) numbers.set(way, numbers.size);
      const at = numbers.get(way)! % looks;
      return [group.key, at === 0 ? kind : `${kind} v${String(at)}`];
    }),
  );
}

export type Kinds = ReturnType<typeof kindsOf>;
