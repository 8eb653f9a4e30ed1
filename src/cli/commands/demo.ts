import { join } from 'node:path';
import { AppError } from '../../core/errors.ts';
import { exportFolder } from '../../engine/checkpoint/export.ts';
import type { TrainedModel } from '../../engine/model/trained.ts';
import { defaultConfig, type RunConfig } from '../../run/config.ts';
import type { RunRecord } from '../../run/events.ts';
import { groupRuns, rowOf } from '../../run/experiment/table.ts';
import type { Args } from '../args.ts';
import type { Command, ExitCode } from '../command.ts';
import { conditionsOf } from '../demo/conditions.ts';
import { readSample, sampleData } from '../demo/sample.ts';
import { trainDemo } from '../demo/trainDemo.ts';
import { writeFolder, writeWhole } from '../files/files.ts';
import { reportHtml } from '../report/reportHtml.ts';
import { statusWords } from '../statusWords.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { counted, duration, score } from '../terminal/text.ts';
import { listenToInterrupt } from '../training/interrupt.ts';
import { resultsJson, resultsTable } from '../training/results.ts';

/** Epochs, layers, learning rate and seed of the reference runs: gold × 8; silver × 2; silver × 2, then gold × 4. */
const settings: Partial<RunConfig> = { layers: 2, learningRate: 3e-4, batchSize: 16, seed: 0 };
const configs = {
  goldOnly: { ...defaultConfig, ...settings, regimen: 'gold-only', epochsGold: 8 },
  silverOnly: { ...defaultConfig, ...settings, regimen: 'silver-only', epochsSilver: 2 },
  simpleMix: { ...defaultConfig, ...settings, regimen: 'simple-mix', epochsSilver: 2, epochsGold: 4 },
} as const satisfies Record<string, RunConfig>;

/** What simple mix reaches on the whole sample when all is well; PyTorch's mean over three seeds is 0.692. */
const leastF1 = 0.66;

export const demo: Command = {
  name: 'demo',
  summary: 'Trains on the sample that comes with Vermeil and writes a report; under a minute on two idle cores.',
  usage: '[--out DIR] [--limit N]',
  about: [
    "Grounds the teacher's recorded answers, trains gold only, silver only and simple mix (2 layers, learning rate 3e-4, seed 0), and prints one table. The folder gets report.html, report.json and the model of simple mix.",
    `Simple mix must reach a test F1 of ${String(leastF1)}; otherwise something is wrong, and the command says so and fails.`,
  ],
  positionals: [0, 0],
  options: [
    { name: 'out', value: 'DIR', text: 'Folder of the report.', fallback: 'demo-report' },
    {
      name: 'limit',
      value: 'N',
      text: 'Only the first N sentences of each part: a quick look, whose scores mean little.',
      fallback: 'all',
    },
  ],
  examples: ['vermeil demo', 'vermeil demo --limit 64 --out quick-look'],
  run,
};

async function run(args: Args, terminal: Terminal): Promise<ExitCode> {
  const out = args.text('out') ?? 'demo-report';
  const limit = args.number('limit', { min: 4, whole: true });
  const startedAt = performance.now();
  const sample = await readSample();
  const data = sampleData(sample, limit);
  terminal.say(sample.notice);
  terminal.say(`teacher's answers grounded: ${statusWords(sample.teacher)}`);
  const { layers, learningRate, batchSize, seed } = configs.simpleMix;
  terminal.say(
    `settings: ${counted(layers, 'layer')}, learning rate ${learningRate.toExponential()}, batch ${String(batchSize)}, seed ${String(seed)}; ` +
      'gold only: gold × 8; silver only: silver × 2; simple mix: silver × 2, then gold × 4',
  );
  const interrupt = listenToInterrupt(() => terminal.say('\nStopping …'));
  try {
    const { records, model } = await trainDemo(configs, data, { terminal, signal: interrupt.signal });
    const seconds = (performance.now() - startedAt) / 1000;
    const runs = records.map((record) => ({ record, predictions: null }));
    const simpleMix = records[2];
    const verdict = verdictOf(records, limit);
    const report = {
      notice: sample.notice,
      teacher: sample.teacher,
      conditions: conditionsOf(records[0], data, limit, seconds),
      verdict,
      ...resultsJson(runs),
    };
    await writeDemo(out, model, simpleMix, { ...report, records }, data, sample.notice);
    const table = `${resultsTable(groupRuns(runs).map(rowOf))}\n\nn counts runs (seeds); F1 is micro F1 over entities of ${counted(data.test.length, 'test sentence')}, default (conlleval) and strict.`;
    const where = `Report: ${join(out, 'report.html')}; model of simple mix: ${join(out, 'model')}; ${duration(seconds)} in all.`;
    terminal.answer(`${sample.notice}\n\n${table}\n\n${verdict.text}\n${where}`, report);
    return verdict.ok ? 0 : 1;
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'stopped') throw error;
    throw new AppError('stopped', error.message, {
      ...error.detail,
      next: 'The demo keeps nothing of a stopped run. Start it again any time.',
    });
  } finally {
    interrupt.close();
  }
}

async function writeDemo(
  out: string,
  model: TrainedModel,
  record: RunRecord,
  report: Parameters<typeof reportHtml>[0],
  data: ReturnType<typeof sampleData>,
  notice: string,
): Promise<void> {
  const sentences = {
    silver: data.silver.length,
    gold: data.gold.length,
    dev: data.dev.length,
    test: data.test.length,
  };
  await writeFolder(
    join(out, 'model'),
    exportFolder(model, { record, checkpointName: 'all-MiniLM-L6-v2', sentences, notice }),
  );
  await writeWhole(join(out, 'report.json'), `${JSON.stringify(report, null, 1)}\n`);
  await writeWhole(join(out, 'report.html'), reportHtml(report));
}

/** One sentence on what the runs show, and whether simple mix reached what it must. */
function verdictOf(
  records: readonly RunRecord[],
  limit: number | null,
): { readonly ok: boolean; readonly text: string } {
  const [gold, silver, mix] = records.map(({ scores }) => scores.test?.default.micro.f1 ?? 0);
  const told = `Simple mix scores ${score(mix)}, silver only ${score(silver)}, gold only ${score(gold)}, with one seed each.`;
  if (limit !== null)
    return {
      ok: true,
      text: `${told} This was a quick look at ${counted(limit, 'sentence')} a part: the scores mean little.`,
    };
  if ((mix ?? 0) >= leastF1) return { ok: true, text: told };
  return { ok: false, text: `${told} Something is wrong: simple mix should reach ${String(leastF1)} here.` };
}
