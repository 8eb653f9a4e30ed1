import type { Scores } from '../../eval/scores.ts';
import type { RegimenId } from '../../run/config.ts';
import { rangeText, seenText, spreadText } from '../../run/experiment/cells.ts';
import type { ExperimentResult } from '../../run/experiment/compareRuns.ts';
import { groupRuns, rowOf, type FinishedRun, type TableRow } from '../../run/experiment/table.ts';
import { runSlug } from '../../run/experiment/variant.ts';
import { score, table } from '../terminal/text.ts';
import type { FailedRun } from './queue.ts';

/** One run in `--json`. */
export interface RunJson {
  /** The name of its folder. */
  readonly run: string;
  readonly regimen: RegimenId;
  readonly seed: number;
  readonly device: string;
  readonly steps: number;
  readonly seconds: number;
  readonly tokensPerSecond: number;
  readonly scores: { readonly dev?: Scores; readonly test?: Scores };
}

/** Micro F1 (default reading) of a group over its seeds: of test, else of dev; null where neither was given. */
export interface SummaryJson {
  readonly name: string;
  readonly regimen: RegimenId;
  readonly n: number;
  readonly f1: { readonly mean: number | null; readonly sd: number | null };
}

export interface ResultsJson {
  readonly runs: readonly RunJson[];
  readonly summary: readonly SummaryJson[];
  /** Runs that failed twice. */
  readonly failures: readonly { readonly run: string; readonly code: string | null; readonly message: string }[];
}

export function resultsJson(finished: readonly FinishedRun[], failures: readonly FailedRun[] = []): ResultsJson {
  const runs = finished.map(({ record: { config, device, steps, seconds, tokens, scores } }) => ({
    run: runSlug(config),
    regimen: config.regimen,
    seed: config.seed,
    device: device.name,
    steps,
    seconds,
    tokensPerSecond: seconds > 0 ? tokens / seconds : 0,
    scores,
  }));
  const summary = groupRuns(finished).map((group) => {
    const { name, n, f1 } = rowOf(group);
    return { name, regimen: group.config.regimen, n, f1: { mean: f1?.mean ?? null, sd: f1?.sd ?? null } };
  });
  const failed = failures.map(({ config, code, message }) => ({ run: runSlug(config), code, message }));
  return { runs, summary, failures: failed };
}

/** The table of an experiment: a row a group. */
export function resultsTable(rows: readonly TableRow[]): string {
  const head = ['regimen', 'n', 'steps', 'silver seen', 'gold seen', 'seconds', 'F1', 'F1 strict'];
  const cells = rows.map((row) => [
    row.name,
    row.kind === 'teacher' ? '–' : String(row.n),
    rangeText(row.steps),
    seenText(row.silver),
    seenText(row.gold),
    row.seconds === null ? '–' : row.seconds.mean.toFixed(0),
    spreadText(row.f1),
    spreadText(row.strict),
  ]);
  return table(head, cells);
}

/** What an experiment says, in lines: the table, what was held equal, every comparison in words, and what weakens it. */
export function resultText({ rows, budget, comparisons, warnings }: ExperimentResult): string {
  const parts = [resultsTable(rows)];
  if (comparisons.length > 0) parts.push(budget, comparisons.map(({ sentence }) => sentence).join('\n'));
  if (warnings.length > 0) parts.push(warnings.map(({ text }) => `Note: ${text}`).join('\n'));
  return parts.join('\n\n');
}

/** Scores of one evaluation: micro, macro, and a row a label, in the default and the strict reading. */
export function scoresTable(scores: Scores): string {
  const cells = (
    name: string,
    report: Scores['default'],
    pick: (r: Scores['default']) => Scores['default']['micro'],
  ) => {
    const { precision, recall, f1, support } = pick(report);
    return [name, score(precision), score(recall), score(f1), String(support)];
  };
  const row = (name: string, pick: (r: Scores['default']) => Scores['default']['micro']) => [
    ...cells(name, scores.default, pick),
    score(pick(scores.strict).f1),
  ];
  const none = { precision: 0, recall: 0, f1: 0, support: 0 };
  const labels = Object.keys(scores.default.labels).map((label) => row(label, (r) => r.labels[label] ?? none));
  return table(
    ['', 'precision', 'recall', 'F1', 'support', 'F1 strict'],
    [...labels, row('micro', (r) => r.micro), row('macro', (r) => r.macro)],
  );
}
