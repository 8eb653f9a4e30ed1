import type { CheckId, Found, Part, Surroundings } from '../data/findings/check.ts';
import { checks } from '../data/findings/checks.ts';
import { rowsOfFound } from '../data/findings/report.ts';
import type { Checked, FoundGroup } from './importProtocol.ts';

/** Found places that the page is given to show and to download, a check. */
const mostRows = 1000;

/** Checks that need the other datasets; all others look at each part by itself. */
const across: ReadonlySet<CheckId> = new Set<CheckId>(['label-case', 'leak', 'label-missing']);

/** What is found in `parts`, which are on their way in, beside `others`, the datasets that are here already. */
export function checkParts(parts: readonly Part[], others: readonly Part[], surroundings: Surroundings): Checked {
  const all = [...parts, ...others];
  const groups: FoundGroup[][] = parts.map(() => []);
  for (const check of Object.values(checks)) {
    const found = check.find(across.has(check.id) ? all : parts, surroundings);
    for (const [part, own] of byPart(found)) {
      groups[part]?.push({
        check: check.id,
        severity: check.severity,
        count: own.length,
        mendable: check.rule !== null && own.some(({ fix }) => fix !== null),
        rows: rowsOfFound(all, own.slice(0, mostRows)),
      });
    }
  }
  const judging = parts.filter(({ role }) => role === 'dev' || role === 'test');
  const training = others.filter(({ role }) => role !== 'dev' && role !== 'test');
  const leaks = [...byPart(checks.leak.find([...judging, ...training], {}))].flatMap(([part, own]) => {
    const dataset = training[part - judging.length];
    return dataset === undefined ? [] : [{ dataset: dataset.name, count: own.length }];
  });
  return { groups, leaks };
}

function byPart(found: readonly Found[]): Map<number, Found[]> {
  const parts = new Map<number, Found[]>();
  for (const one of found) {
    const own = parts.get(one.part);
    if (own === undefined) parts.set(one.part, [one]);
    else own.push(one);
  }
  return parts;
}
