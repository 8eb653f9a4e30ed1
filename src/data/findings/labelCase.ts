import type { Check, Found } from './check.ts';

/** How often each label stands in all parts, in order of names. */
function countsOfLabels(parts: Parameters<Check['find']>[0]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { sentences } of parts)
    for (const { spans } of sentences)
      for (const { label } of spans ?? []) counts.set(label, (counts.get(label) ?? 0) + 1);
  return new Map([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Labels to be written otherwise: of those that differ only by case, the most frequent is right, of equals the first by name. */
function renames(counts: ReadonlyMap<string, number>): Map<string, string> {
  const best = new Map<string, string>();
  for (const [label, count] of counts) {
    const usual = best.get(label.toLowerCase());
    if (usual === undefined || count > counts.get(usual)!) best.set(label.toLowerCase(), label);
  }
  return new Map([...counts.keys()].map((label) => [label, best.get(label.toLowerCase())!]));
}

export const labelCase: Check = {
  id: 'label-case',
  title: 'Labels that differ only by case',
  rule: 'The most frequent writing is taken for all.',
  severity: 'warning',
  find(parts) {
    const names = renames(countsOfLabels(parts));
    return parts.flatMap(({ sentences }, part) =>
      sentences.flatMap(({ spans }, i): Found[] => {
        const wrong = new Set(spans?.map(({ label }) => label).filter((label) => names.get(label) !== label));
        if (spans === null || wrong.size === 0) return [];
        const fixed = spans.map((span) => ({ ...span, label: names.get(span.label)! }));
        const said = [...wrong].map((label) => `${label} is elsewhere ${names.get(label)!}`).join(', ');
        return [{ check: 'label-case', part, sentence: i, message: `${said}.`, fix: { kind: 'spans', spans: fixed } }];
      }),
    );
  },
};
