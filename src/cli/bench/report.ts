import type { BenchRow } from '../../engine/bench/rows.ts';
import { table } from '../terminal/text.ts';
import type { ProfilePart } from './profile.ts';

const whole = (value: number) => Math.round(value).toLocaleString('en-GB');
const percent = (share: number | null) => (share === null ? '–' : `${(100 * share).toFixed(0)} %`);
const times = (ratio: number | null) => (ratio === null ? '–' : `${ratio.toFixed(ratio < 10 ? 2 : 1)} ×`);
const ms = (value: number) => (value < 10 ? value.toFixed(1) : whole(value));

/** Our steps and plain tfjs' in one table. */
export function stepTable(rows: readonly BenchRow[]): string {
  const head = ['', 'layers', 'hidden', 'batch', 'tokens', 'step ms', 'min', 'JS ms', 'tokens/s', 'best'];
  return table(
    [...head, 'GFLOP/s', 'of matmul', 'plain tfjs ÷ ours'],
    rows.map((row) => [
      row.what,
      String(row.layers),
      String(row.hidden),
      row.batch.toFixed(Number.isInteger(row.batch) ? 0 : 1),
      whole(row.tokens),
      ms(row.stepMs),
      ms(row.minStepMs),
      ms(row.issueMs),
      whole(row.tokensPerSecond),
      whole(row.bestTokensPerSecond),
      row.gflops.toFixed(1),
      percent(row.shareOfMatmul),
      row.what === 'plain tfjs' ? '' : times(row.ratioToPlainTfjs),
    ]),
  );
}

/** One line of growth: what a token costs against the first row, and what attention's own operations allow. */
export function growthTable(rows: readonly BenchRow[]): string {
  return table(
    ['sequences × pieces', 'tokens', 'min step ms', 'best tokens/s', 'attention', 'cost of a token', 'allowed'],
    rows.map((row) => [
      `${String(row.batch)} × ${String(row.length)}`,
      whole(row.tokens),
      ms(row.minStepMs),
      whole(row.bestTokensPerSecond),
      percent(row.attentionShare),
      times(row.costToFirst),
      times(row.flopsToFirst),
    ]),
  );
}

/** Where the time of a step goes, parts below half a percent left out. */
export function profileTable(parts: readonly ProfilePart[]): string {
  const shown = parts.filter(({ share }) => share >= 0.005);
  const inside = ({ inside: functions }: ProfilePart) =>
    functions
      .filter(({ share }) => share >= 0.005)
      .map(({ name, share }) => `${name} ${percent(share)}`)
      .join(', ');
  const rows = shown.map((part) => [part.operation, percent(part.share)]);
  const lines = table(['part of a step', 'share'], rows).split('\n');
  return lines.map((line, i) => (i < 2 ? line : `${line}   ${inside(shown[i - 2]!)}`)).join('\n');
}
