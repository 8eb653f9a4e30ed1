import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { filesInFolder } from '../../src/cli/files/folder.ts';
import { runFolder, writeFinishedRun } from '../../src/cli/training/runFolder.ts';
import { finishedRun } from '../support/finishedRuns.ts';
import { expect, test } from './support/fixtures.ts';
import { accessible } from './support/looks.ts';

test('the folder that the command line has left comes onto the page, and so does a zip of it', async ({ page }) => {
  const folder = await mkdtemp(join(tmpdir(), 'vermeil-overnight-'));
  try {
    const runs = [0, 1, 2].flatMap((seed) => [
      finishedRun({ regimen: 'gold-only', seed }, 20 + seed),
      finishedRun({ seed }, 45 + ((2 * seed) % 3)),
    ]);
    const model = new Map([['config.json', new TextEncoder().encode('{}')]]);
    for (const run of runs) await writeFinishedRun(runFolder(folder, run.record.config), run, model);

    await page.goto('./#/results');
    await page.getByRole('button', { name: 'open it' }).click();
    await page.getByLabel('Folder of runs to open').setInputFiles(folder);
    await accessible(page);
    await page.getByRole('button', { name: 'Take in 13 parts' }).click(); // runs, models, and that they belong together
    await page.getByRole('link', { name: 'See the results' }).click();
    await expect(page.getByText(/With 3 seeds.* Simple mix is better than Gold only/).first()).toBeVisible();
    await expect(page.getByRole('row', { name: /Simple mix, seed 2/ })).toContainText('pinned');

    const names = [...(await filesInFolder(folder)).sizes.keys()];
    const files = await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name))] as const));
    const zip = [...zipSync(Object.fromEntries(files))];
    const transfer = await page.evaluateHandle((bytes) => {
      const data = new DataTransfer();
      data.items.add(new File([new Uint8Array(bytes)], 'overnight.zip'));
      return data;
    }, zip);
    await page.dispatchEvent('body', 'drop', { dataTransfer: transfer });
    await expect(page.getByText('overnight.zip')).toBeVisible();
    await expect(page.getByText('here already')).toHaveCount(6);
    await expect(page.getByRole('button', { name: 'Take in 1 part' })).toBeVisible();
  } finally {
    await rm(folder, { recursive: true });
  }
});
