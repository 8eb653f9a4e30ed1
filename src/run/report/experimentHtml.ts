import { inPoints, intervalInWords } from '../../eval/compare/words.ts';
import type { ExperimentResult } from '../experiment/compareRuns.ts';
import { headlineOf } from '../experiment/headline.ts';
import type { RunGroup, TableRow } from '../experiment/table.ts';
import { whyInWords } from '../experiment/whyWords.ts';
import { drawFigure, type Figure } from '../figures/figure.ts';
import { escape, svgOf } from '../figures/svg.ts';
import { pText, rangeText, seenText, spreadText } from '../experiment/cells.ts';
import { tableOf } from './htmlTable.ts';
import { reportStyle } from './reportStyle.ts';

/** The report of an experiment as one HTML file that needs nothing else: no scripts, no fonts, nothing from the network. */
export function experimentHtml(
  title: string,
  result: ExperimentResult,
  groups: readonly RunGroup[],
  figures: readonly Figure[],
): string {
  const { rows, comparisons, warnings, budget, units, rounds } = result;
  const headline = headlineOf(result);
  const why = whyInWords(groups);
  const tested =
    units === null
      ? 'Without predictions on test nothing was tested over the test data.'
      : `Over test data: percentile bootstrap and approximate randomisation over ${String(units.count)} ${units.kind}, ${rounds.toLocaleString('en-GB')} rounds each. Over seeds: paired t. p values are Holm’s, over all comparisons, for each test apart; “better” and “worse” need both tests at 5 %.`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Vermeil: ${escape(title)}</title><style>${reportStyle}</style></head><body><main>
<h1>${escape(title)}</h1>
<p class="say">${escape(headline.text)}</p>
<p class="soft">${escape(headline.detail)}</p>
${warnings.map(({ text }) => `<p class="notice">${escape(text)}</p>`).join('\n')}
<h2>Results</h2>
${resultRows(rows)}
<p class="soft">${escape(budget)} n: seeds. F1: micro F1 over entities, mean ± sample sd over seeds; default reads tags as conlleval does, strict as IOB2 by the letter. Seen: sentences drawn, and how often each different one.</p>
<h2>Against the baseline</h2>
${comparisonRows(comparisons)}
<ul>${comparisons.map(({ sentence }) => `<li>${escape(sentence)}</li>`).join('\n')}</ul>
<p class="soft">${escape(tested)}</p>
<h2>Pictures</h2>
<div class="charts">${figures.map(figureOf).join('\n')}</div>
${why === null ? '' : `<h2>What silver did</h2>\n<p>${escape(why.finding)}</p>\n<ul class="soft">${why.rest.map((sentence) => `<li>${escape(sentence)}</li>`).join('\n')}</ul>\n`}<h2>By label</h2>
${labelRows(rows)}
</main></body></html>
`;
}

function resultRows(rows: readonly TableRow[]): string {
  const cells = rows.map((row) => [
    escape(row.name),
    row.kind === 'teacher' ? '–' : String(row.n),
    `<b>${spreadText(row.f1)}</b>`,
    spreadText(row.strict),
    rangeText(row.steps),
    seenText(row.silver),
    seenText(row.gold),
    row.seconds === null ? '–' : row.seconds.mean.toFixed(0),
  ]);
  return tableOf(['', 'n', 'F1', 'F1 strict', 'steps', 'silver seen', 'gold seen', 'seconds'], cells);
}

const p = (value: number | null | undefined) => escape(pText(value));

function comparisonRows(comparisons: ExperimentResult['comparisons']): string {
  const cells = comparisons.map(({ name, baseline, seeds, difference, overSeeds, overUnits, signs, verdict }) => [
    `${escape(name)} − ${escape(baseline)}`,
    String(seeds.length),
    Number.isNaN(difference) ? '–' : inPoints(difference).replace(/ points$/, ''),
    overSeeds.interval === null ? '–' : intervalInWords(overSeeds.interval),
    p(overSeeds.pHolm),
    overUnits === null ? '–' : intervalInWords(overUnits.interval),
    p(overUnits?.pHolm),
    `${String(signs.better)} / ${String(signs.equal)} / ${String(signs.worse)}`,
    verdict.replaceAll('-', ' '),
  ]);
  const head = [
    '',
    'seeds',
    'difference',
    '95 % over seeds',
    'p',
    '95 % over test data',
    'p',
    'seeds + / = / −',
    'verdict',
  ];
  return tableOf(head, cells);
}

function figureOf(figure: Figure): string {
  const { title, head, rows } = figure;
  const table = tableOf(
    head,
    rows.map((cells) => cells.map(escape)),
  );
  return `<figure><figcaption>${escape(title)}</figcaption>\n${svgOf(title, drawFigure(figure))}<details><summary>The numbers</summary>${table}</details></figure>`;
}

function labelRows(rows: readonly TableRow[]): string {
  const labels = [...new Set(rows.flatMap((row) => Object.keys(row.labels)))].sort();
  return tableOf(
    ['F1', ...labels.map(escape)],
    rows.map((row) => [escape(row.name), ...labels.map((label) => spreadText(row.labels[label] ?? null))]),
  );
}
