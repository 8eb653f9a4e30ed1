import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ResultsJson } from '../../src/cli/training/results.ts';
import type { ExperimentResult } from '../../src/run/experiment/compareRuns.ts';
import { layTinyFiles, startVermeil, vermeil, workFolder } from './support/vermeil.ts';

const work = workFolder();
const at = (...parts: string[]) => join(work.path, ...parts);
const text = (...parts: string[]) => readFileSync(at(...parts), 'utf8');
const digest = (...parts: string[]) =>
  createHash('sha256')
    .update(readFileSync(at(...parts)))
    .digest('hex');
const data = ['--gold', 'gold.conll', '--silver', 'silver.jsonl', '--test', 'test.jsonl', '--checkpoint', 'bert'];
const tiny = ['--batch', '4', '--lr', '5e-3', '--max-pieces', '32', '--device', 'cpu'];
const asked = ['--regimen', 'gold-only', 'silver-only', 'simple-mix', '--gold-sizes', '4,all', '--seed', '0,1,2'];
/** All of an experiment but what the clock says. */
const table = (json: string) =>
  (JSON.parse(json) as ResultsJson).runs.map(({ run, steps, scores }) => ({ run, steps, scores }));

beforeAll(() => {
  layTinyFiles(work.path);
});
afterAll(() => {
  work.remove();
});

describe('an experiment', () => {
  it('over sizes of gold in threads is the same, bit for bit, as one run after another, and each alone', async () => {
    const words = ['train', ...data, ...tiny, ...asked, '--json'];
    const one = await vermeil(work.path, ...words, '--out', 'one');
    const two = await vermeil(work.path, ...words, '--out', 'two', '--parallel', '2');
    expect([one.code, two.code]).toEqual([0, 0]);
    expect(one.stderr).toMatch(/plan: 15 runs, [\d,]+ steps \(72 further steps are shared first stages\); about /);
    expect(table(one.stdout)).toHaveLength(15);
    expect(table(two.stdout)).toEqual(table(one.stdout));
    expect(two.stderr).toContain(
      'simple mix, 4 gold, seed 1: takes over the first stage of an earlier run, 12 steps done',
    );
    const runs = readdirSync(at('one')).filter((name) => name.includes('-seed-'));
    expect(runs).toHaveLength(15);
    for (const run of runs) {
      const file = [run, 'model', 'model.safetensors'];
      expect(digest('two', ...file), run).toBe(digest('one', ...file));
    }
    // Shared stages are needed by nobody any more.
    for (const out of ['one', 'two'])
      expect(existsSync(at(out, 'stages')) ? readdirSync(at(out, 'stages')) : []).toEqual([]);
    const few = ['--regimen', 'simple-mix', '--gold-sizes', '4', '--seed', '1'];
    const alone = await vermeil(work.path, 'train', ...data, ...tiny, ...few, '--out', 'alone');
    expect(alone.code).toBe(0);
    const model = ['simple-mix-gold-4-seed-1', 'model', 'model.safetensors'];
    expect(digest('alone', ...model)).toBe(digest('one', ...model));
  }, 120_000);

  it('leaves a report with every picture and its numbers, and vermeil compare says the same from the folder', async () => {
    for (const name of ['f1', 'share', 'learning-curve']) {
      expect(text('one', 'plots', `${name}.svg`)).toMatch(/^<svg xmlns=.*<style>/);
      expect(text('one', 'plots', `${name}.csv`).split('\r\n').length).toBeGreaterThan(3);
    }
    const html = text('one', 'report.html');
    expect(html).toContain('With 3 seeds');
    expect(html).not.toMatch(/NaN|undefined|Infinity|<script|https?:/);
    const again = await vermeil(work.path, 'compare', 'one', '--json');
    expect(again.code).toBe(0);
    const kept = JSON.parse(text('one', 'comparison.json')) as ExperimentResult;
    const found = JSON.parse(again.stdout) as ExperimentResult;
    const byName = (result: ExperimentResult) =>
      [...result.comparisons].sort((a, b) => (a.name < b.name ? -1 : 1)).map(({ sentence }) => sentence);
    expect(byName(found)).toEqual(byName(kept));
    expect(found.warnings).toEqual(kept.warnings);
    expect(kept.comparisons.map(({ name, baseline }) => `${name} / ${baseline}`)).toEqual([
      'Silver only / Gold only',
      'Simple mix, 4 gold / Gold only, 4 gold',
      'Simple mix / Gold only',
    ]);
    const words = await vermeil(work.path, 'compare', 'one', '--baseline', 'simple-mix', '--out', 'by-mix');
    expect(words.stdout).toContain('than Simple mix');
    expect(existsSync(at('by-mix', 'report.html'))).toBe(true);
    const wrong = await vermeil(work.path, 'compare', 'one', '--baseline', 'simple-mx');
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain('Did you mean simple-mix');
    expect((await vermeil(work.path, 'compare', 'bert')).stderr).toContain('bert holds no sentence');
  }, 60_000);

  it('killed again and again, with threads, ends with the same table and the same models', async () => {
    const threads = ['--parallel', '2', '--out', 'killed', '--json'];
    // Killed before the folder is begun, there is nothing to go on with.
    const words = () =>
      existsSync(at('killed', 'experiment.json'))
        ? ['train', '--resume', ...threads]
        : ['train', ...data, ...tiny, ...asked, ...threads];
    let ended: string | null = null;
    for (let i = 0; i < 4 && ended === null; i++) ended = await killedAfter(words(), 900 + 150 * i);
    ended ??= (await vermeil(work.path, ...words())).stdout;
    expect(table(ended)).toEqual(table(text('one', 'summary.json')));
    for (const run of readdirSync(at('one')).filter((name) => name.includes('-seed-'))) {
      const file = [run, 'model', 'model.safetensors'];
      expect(digest('killed', ...file), run).toBe(digest('one', ...file));
    }
  }, 120_000);
});

/** Starts the command and kills it without a word; its answer where it was faster. */
async function killedAfter(words: readonly string[], ms: number): Promise<string | null> {
  const running = startVermeil(words, work.path);
  await Promise.race([running.ended, setTimeout(ms)]);
  running.child.kill('SIGKILL');
  const { code, stdout } = await running.ended;
  return code === 0 ? stdout : null;
}
