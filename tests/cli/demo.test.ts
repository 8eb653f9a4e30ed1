import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Report } from '../../src/cli/report/reportHtml.ts';
import type { ResultsJson } from '../../src/cli/training/results.ts';
import { vermeil, workFolder } from './support/vermeil.ts';

const work = workFolder();
const notice = 'written by language models, none by people';

afterAll(() => {
  work.remove();
});

describe('demo', () => {
  it('trains three regimens on a part of the sample and writes a report that stands alone', async () => {
    const { code, stdout, stderr } = await vermeil(work.path, 'demo', '--limit', '12', '--out', 'report', '--json');
    expect(stderr).toContain(notice);
    expect(stderr).toMatch(/2 layers, learning rate 3e-4/);
    expect(stderr).toContain('simple mix, seed 0: takes over the first stage of an earlier run, 2 steps done');
    expect(code).toBe(0);
    const answer = JSON.parse(stdout) as ResultsJson & Omit<Report, 'records'>;
    const runs = answer.runs.map(({ regimen, seed, steps }) => [regimen, seed, steps]);
    // One batch a pass: gold × 8; silver × 2; silver × 2, then gold × 4.
    expect(runs).toEqual([
      ['gold-only', 0, 8],
      ['silver-only', 0, 2],
      ['simple-mix', 0, 6],
    ]);
    expect(answer.conditions).toMatchObject({ layers: 2, learningRate: 3e-4, limit: 12 });
    expect(answer.notice).toContain(notice);

    const report = JSON.parse(readFileSync(join(work.path, 'report', 'report.json'), 'utf8')) as Report;
    const [gold, silver, mix] = report.records;
    expect(gold?.curve).toHaveLength(8);
    expect(mix?.curve.slice(0, 2)).toEqual(silver?.curve);
    const html = readFileSync(join(work.path, 'report', 'report.html'), 'utf8');
    expect(html).toContain(notice);
    expect(html).not.toMatch(/<script|src=|href=|url\(|https?:/);
    expect(html).toContain('prefers-color-scheme:dark');
    expect(html.match(/<path class="curve /g)).toHaveLength(6);
    const card = readFileSync(join(work.path, 'report', 'model', 'README.md'), 'utf8');
    expect(card).toContain(notice);
  }, 240_000);
});
