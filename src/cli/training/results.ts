import { mean, sd } from '../../core/statistics.ts';
import type { Scores } from '../../eval/scores.ts';
import type { RegimenId } from '../../run/config.ts';
import type { RunRecord } from '../../run/events.ts';
import { regimens } from '../../run/regimens.ts';
import { score, table } from '../terminal/text.ts';

/** One run in `--json`. */
export interface RunJson {
  readonly regimen: RegimenId;
  readonly seed: number;
  readonly device: string;
  readonly steps: number;
  readonly seconds: number;
  readonly tokensPerSecond: number;
  readonly scores: { readonly dev?: Scores; readonly test?: Scores };
}

/** Micro F1 (default reading) of a regimen over its seeds: of test, else of dev; null where neither was given. */
export interface SummaryJson {
  readonly regimen: RegimenId;
  readonly n: number;
  readonly f1: { readonly mean: number | null; readonly sd: number | null };
}

export interface ResultsJson {
  readonly runs: readonly RunJson[];
  readonly summary: readonly SummaryJson[];
}

/** The scores that a run is told by: of test, else of dev. */
export function mainScores({ scores }: RunRecord): Scores | null {
  return scores.test ?? scores.dev ?? null;
}

const finite = (value: number) => (Number.isFinite(value) ? value : null);

function byRegimen(records: readonly RunRecord[]): (readonly [RegimenId, readonly RunRecord[]])[] {
  const ids = [...new Set(records.map(({ config }) => config.regimen))];
  return ids.map((id) => [id, records.filter(({ config }) => config.regimen === id)]);
}

export function resultsJson(records: readonly RunRecord[]): ResultsJson {
  const runs = records.map(({ config, device, steps, seconds, tokens, scores }) => ({
    regimen: config.regimen,
    seed: config.seed,
    device: device.name,
    steps,
    seconds,
    tokensPerSecond: seconds > 0 ? tokens / seconds : 0,
    scores,
  }));
  const summary = byRegimen(records).map(([regimen, group]) => {
    const values = group.flatMap((record) => mainScores(record)?.default.micro.f1 ?? []);
    return { regimen, n: group.length, f1: { mean: finite(mean(values)), sd: finite(sd(values)) } };
  });
  return { runs, summary };
}

/** `0.692`, or mean ± sd where there are several values. */
function spread(values: readonly number[]): string {
  return values.length < 2 ? score(values[0]) : `${score(mean(values))} ± ${score(sd(values))}`;
}

/** The table of an experiment: a row a regimen. */
export function resultsTable(records: readonly RunRecord[]): string {
  const rows = byRegimen(records).map(([regimen, group]) => {
    const scored = group.flatMap((record) => mainScores(record) ?? []);
    return [
      regimens[regimen].name,
      String(group.length),
      spreadOf(group.map(({ steps }) => steps)),
      spreadOf(group.map(({ seconds }) => Math.round(seconds))),
      spread(scored.map((s) => s.default.micro.f1)),
      spread(scored.map((s) => s.strict.micro.f1)),
    ];
  });
  return table(['regimen', 'n', 'steps', 'seconds', 'F1', 'F1 strict'], rows);
}

/** One number where all are equal, else the smallest and the largest. */
function spreadOf(values: readonly number[]): string {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return least === most ? String(least) : `${String(least)}–${String(most)}`;
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
