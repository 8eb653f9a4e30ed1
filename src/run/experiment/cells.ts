import type { Range, Spread, TableRow } from './table.ts';

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** A score of 0 … 1 with three decimals, a dash where there is none. */
export function scoreText(value: number | null | undefined): string {
  return value === null || value === undefined || Number.isNaN(value) ? '–' : value.toFixed(3);
}

/** `0.692`, or mean ± sd where there are several values. */
export function spreadText(spread: Spread | null): string {
  if (spread === null) return '–';
  return spread.sd === null ? scoreText(spread.mean) : `${scoreText(spread.mean)} ± ${scoreText(spread.sd)}`;
}

/** One number where all are equal, else the smallest and the largest. */
export function rangeText(range: Range | null): string {
  if (range === null) return '–';
  const { least, most } = range;
  return least === most ? whole.format(most) : `${whole.format(least)}–${whole.format(most)}`;
}

/** `2,000 (2.0 ×)`: sentences drawn, and how often each different one on the mean. */
export function seenText(seen: TableRow['silver']): string {
  if (seen === null) return '–';
  return seen.drawn.most === 0 ? 'none' : `${rangeText(seen.drawn)} (${seen.repeats.toFixed(1)} ×)`;
}

/** A p value to three decimals, and no smaller than can be told apart from 0. */
export function pText(p: number | null | undefined): string {
  if (p === null || p === undefined) return '–';
  return p < 0.001 ? '< 0.001' : p.toFixed(3);
}

/** The whole table for other programs: a head and a row of full numbers a group; what is not known is empty. */
export function tableCells(rows: readonly TableRow[]): { readonly head: string[]; readonly rows: string[][] } {
  const labels = [...new Set(rows.flatMap((row) => Object.keys(row.labels)))].sort();
  const number = (value: number | null | undefined) => (value === null || value === undefined ? '' : String(value));
  const head = ['name', 'n', 'f1', 'f1 sd', 'f1 strict', 'f1 strict sd', 'steps from', 'steps to'];
  const seen = ['silver drawn', 'silver repeats', 'gold drawn', 'gold repeats', 'seconds'];
  const cells = rows.map((row) => [
    row.name,
    String(row.n),
    ...[row.f1?.mean, row.f1?.sd, row.strict?.mean, row.strict?.sd, row.steps?.least, row.steps?.most].map(number),
    ...[row.silver?.drawn.most, row.silver?.repeats, row.gold?.drawn.most, row.gold?.repeats, row.seconds?.mean].map(
      number,
    ),
    ...labels.map((label) => number(row.labels[label]?.mean)),
  ]);
  return { head: [...head, ...seen, ...labels.map((label) => `f1 ${label}`)], rows: cells };
}
