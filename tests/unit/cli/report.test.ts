import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeReport } from '../../../src/cli/report/writeReport.ts';
import { compareRuns } from '../../../src/run/experiment/compareRuns.ts';
import { finishedRun } from '../../support/finishedRuns.ts';

const why = {
  ...{ sentences: 9, shared: 9, differing: 9 },
  reference: 'dev' as const,
  points: [
    {
      ...{ step: 10, stage: 0, stageEnd: true, loss: { gold: 1, silver: 2 }, undone: null },
      repeated: { invented: { n: 1, of: 2 }, missed: { n: 0, of: 2 } },
    },
  ],
} as const;

test('a report says the verdict first, then the numbers, the pictures and why', async () => {
  const runs = [0, 1, 2].flatMap((seed) => [
    finishedRun({ regimen: 'gold-only', seed }, 20 + seed),
    finishedRun({ seed }, 50 + ((2 * seed) % 3), 60, { why }),
  ]);
  const folder = await mkdtemp(join(tmpdir(), 'vermeil-report-'));
  await writeReport(folder, compareRuns(runs, { rounds: 100 }), runs, '6 runs of <here>');
  const html = await readFile(join(folder, 'report.html'), 'utf8');
  const places = [
    '<h1>6 runs of &lt;here&gt;</h1>',
    '<p class="say">With 3 seeds, Simple mix is better than Gold only on this test set',
    '<h2>Results</h2>',
    '<h2>Against the baseline</h2>',
    '<svg viewBox=',
    '<h2>What silver did</h2>\n<p>On 9 sentences, simple mix ends by repeating 25 % of the teacher’s mistakes.</p>',
    'Mistakes repeated, over 3 seeds: 3 of 12 at the end.',
    '<h2>By label</h2>',
  ].map((part) => html.indexOf(part));
  expect(places).not.toContain(-1);
  expect(places).toEqual([...places].sort((a, b) => a - b));
  expect((await readdir(join(folder, 'plots'))).sort()).toEqual(['f1.csv', 'f1.svg', 'why.csv', 'why.svg']);
  expect(await readFile(join(folder, 'plots', 'why.svg'), 'utf8')).toMatch(/^<svg xmlns=/);
});
