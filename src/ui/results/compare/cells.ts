import type { Range, TableRow } from '../../../run/experiment/table.ts';
import { count } from '../../format.ts';

/** `120`, or `110 – 120` where the runs differ. */
export function rangeText(range: Range | null): string {
  if (range === null) return '–';
  return range.least === range.most ? count(range.most) : `${count(range.least)} – ${count(range.most)}`;
}

/** `1,200 · 2.4×`: sentences drawn, and how often each different one. */
export function seenText(seen: TableRow['silver']): string {
  if (seen === null) return '–';
  return seen.drawn.most === 0 ? 'none' : `${rangeText(seen.drawn)} · ${seen.repeats.toFixed(1)}×`;
}

/** A p value to three places, and no smaller than can be told apart from 0. */
export function pText(p: number | null | undefined): string {
  if (p === null || p === undefined) return '–';
  return p < 0.001 ? '< 0.001' : p.toFixed(3);
}
