import type { Scores } from '../../eval/scores.ts';
import type { RegimenId } from '../../run/config.ts';
import type { RunRecord } from '../../run/events.ts';
import { drawLines, type LineChart, type Series } from '../../run/figures/lineChart.ts';
import { escape, svgOf } from '../../run/figures/svg.ts';
import { regimens } from '../../run/regimens.ts';
import type { Conditions } from '../demo/conditions.ts';
import { counted, duration, score } from '../terminal/text.ts';
import { tableOf } from '../../run/report/htmlTable.ts';
import { reportStyle } from '../../run/report/reportStyle.ts';

/** What a report tells. */
export interface Report {
  readonly notice: string;
  readonly teacher: Readonly<Record<string, number>>;
  readonly conditions: Conditions;
  readonly verdict: { readonly ok: boolean; readonly text: string };
  readonly records: readonly RunRecord[];
}

/** Steps that one point of the loss curve is the mean of. */
const smoothing = 8;

/** The report as one HTML file that needs nothing else: no scripts, no fonts, nothing from the network. */
export function reportHtml(report: Report): string {
  const { records, verdict, notice } = report;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Vermeil: the sample</title><style>${reportStyle}</style></head><body><main>
<h1>Silver with gold laid over it</h1>
<p class="say${verdict.ok ? '' : ' wrong'}">${escape(verdict.text)}</p>
<p class="notice">${escape(notice)}</p>
<h2>Runs</h2>
${runsTable(records)}
<p class="soft">n: seeds. F1: micro F1 over entities of the test sentences; default reads tags as conlleval does, strict as IOB2 by the letter.</p>
<div class="charts">${charts(records)}</div>
<h2>By label</h2>
${records.map(labelsOf).join('\n')}
<h2>The teacher’s answers</h2>
${teacherTable(report)}
<h2>Conditions</h2>
${conditionsTable(report.conditions)}
</main></body></html>
`;
}

function runsTable(records: readonly RunRecord[]): string {
  const rows = records.map(({ config, steps, seconds, tokens, scores }) => [
    nameOf(config.regimen),
    '1',
    String(steps),
    seconds.toFixed(0),
    String(Math.round(tokens / Math.max(1e-9, seconds))),
    score(scores.dev?.default.micro.f1),
    `<b>${score(scores.test?.default.micro.f1)}</b>`,
    score(scores.test?.strict.micro.f1),
  ]);
  return tableOf(['Regimen', 'n', 'steps', 'seconds', 'tokens/s', 'dev F1', 'test F1', 'test F1 strict'], rows);
}

function nameOf(regimen: RegimenId): string {
  return escape(regimens[regimen].name);
}

/** Silver and gold are the colours of their sources; what mixes both has its own. */
function kindOf({ config }: RunRecord): string {
  return config.regimen === 'gold-only' ? 'gold' : config.regimen === 'silver-only' ? 'silver' : 'mix';
}

function charts(records: readonly RunRecord[]): string {
  // The mixed run first, so that the line of the stage it shares with silver only lies above it.
  const drawn = [...records].sort((a, b) => Number(kindOf(a) !== 'mix') - Number(kindOf(b) !== 'mix'));
  const series = (points: (record: RunRecord) => Series['points']) =>
    drawn.map((record) => ({ name: nameOf(record.config.regimen), kind: kindOf(record), points: points(record) }));
  const silverSteps = records.find((record) => record.config.regimen === 'silver-only')?.steps;
  const marks = silverSteps === undefined ? [] : [{ x: silverSteps, text: 'gold begins' }];
  const loss = chartFigure({
    title: `Loss by step (mean of ${String(smoothing)} steps)`,
    xLabel: 'optimizer steps',
    yLabel: 'loss',
    series: series(({ curve }) => smoothed(curve.map(({ step, loss }) => [step, loss] as const))),
    marks,
  });
  const dev = chartFigure({
    title: 'F1 on dev by step',
    xLabel: 'optimizer steps',
    yLabel: 'F1',
    series: series((record) => record.dev.map(({ step, f1 }) => [step, f1] as const)),
    marks,
  });
  return loss + dev;
}

function chartFigure(chart: LineChart): string {
  return `<figure><figcaption>${escape(chart.title)}</figcaption>\n${svgOf(chart.title, drawLines(chart))}</figure>`;
}

function smoothed(points: Series['points']): Series['points'] {
  const out: (readonly [number, number])[] = [];
  for (let end = Math.min(smoothing, points.length); end <= points.length; end++) {
    const group = points.slice(Math.max(0, end - smoothing), end);
    out.push([points[end - 1]![0], group.reduce((sum, [, y]) => sum + y, 0) / group.length]);
  }
  return out;
}

function labelsOf({ config, scores }: RunRecord): string {
  const test: Scores | undefined = scores.test;
  if (test === undefined) return '';
  const cells = (name: string, pick: (report: Scores['default']) => Scores['default']['micro'] | undefined) => {
    const [byDefault, strict] = [pick(test.default), pick(test.strict)];
    const shown = [byDefault?.precision, byDefault?.recall, byDefault?.f1, strict?.f1].map(score);
    return [name, ...shown, String(byDefault?.support ?? 0)];
  };
  const labels = Object.keys(test.default.labels).map((label) =>
    cells(escape(label), (report) => report.labels[label]),
  );
  const all = [cells('micro', (report) => report.micro), cells('macro', (report) => report.macro)];
  return `<h3>${nameOf(config.regimen)}</h3>${tableOf(['Label', 'precision', 'recall', 'F1', 'F1 strict', 'support'], [...labels, ...all])}`;
}

const statusWords: Readonly<Record<string, string>> = {
  exact: 'entities found as written',
  folded: 'entities found with other capitals, accents or quotes',
  fuzzy: 'entities found by most of their words',
  'not-found': 'entities not in their sentence',
  overlapping: 'entities only where another stands',
  'unknown-label': 'entities of a label that was not asked for',
  'copied-from-example': 'entities copied from an example of the prompt',
  refused: 'answers that refuse; their sentences stay unlabelled',
  'cut-off': 'answers without their end; their sentences stay unlabelled',
  malformed: 'answers that could not be read; their sentences stay unlabelled',
  missing: 'sentences without an answer',
};

function teacherTable({ teacher }: Report): string {
  return tableOf(
    ['What became of them', 'count'],
    Object.entries(teacher)
      .filter(([, count]) => count > 0)
      .map(([status, count]) => [escape(statusWords[status] ?? status), String(count)]),
  );
}

function conditionsTable(conditions: Conditions): string {
  const { sentences, limit } = conditions;
  const parts = Object.entries(sentences).map(([role, count]) => `${role} ${String(count)}`);
  const rows = [
    ['Sample', `${conditions.sample}${limit === null ? '' : `, the first ${counted(limit, 'sentence')} of each part`}`],
    ['Sentences with labels', parts.join(', ')],
    ['Checkpoint', `${conditions.checkpoint}, ${counted(conditions.layers, 'layer')}`],
    [
      'Settings',
      `learning rate ${conditions.learningRate.toExponential()}, batch ${String(conditions.batchSize)}, seed ${String(conditions.seed)}, no selection on dev`,
    ],
    ['Device', conditions.device],
    ['Machine', `${conditions.processor}, ${counted(conditions.cores, 'core')}`],
    ['Software', `Vermeil ${conditions.appVersion}, Node ${conditions.node}`],
    ['Date', conditions.date],
    ['Time in all', `${duration(conditions.secondsInAll)}; gold only ran beside the others in a second thread`],
  ];
  return `<table class="facts"><tbody>${rows.map(([name, text]) => `<tr><th scope="row">${name!}</th><td>${escape(text!)}</td></tr>`).join('')}</tbody></table>`;
}
