import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chromium, type Page } from '@playwright/test';
import { chromiumFlags, findChromium } from '../../scripts/find-chromium.mjs';
import { expect, test } from './support/fixtures.ts';
import { storedRuns } from './support/stored.ts';
import { fill, finished, reached } from './support/steps.ts';

/** Kills what this test has started, however it ends. */
let kill: () => Promise<void> = () => Promise.resolve();
test.afterEach(() => kill());

/** A browser of this test's own, which can be killed as by a power cut. */
async function startBrowser(profile: string): Promise<Page> {
  const program = spawn(
    findChromium() ?? chromium.executablePath(),
    [...chromiumFlags, `--user-data-dir=${profile}`, '--remote-debugging-port=0', 'about:blank'],
    // A group of its own: what is called chromium may be a script that starts it.
    { stdio: ['ignore', 'ignore', 'pipe'], detached: true },
  );
  const address = await new Promise<string>((resolve, reject) => {
    let said = '';
    program.stderr.on('data', (text: Buffer) => {
      said += text.toString();
      const found = /DevTools listening on (ws:\S+)/.exec(said)?.[1];
      if (found !== undefined) resolve(found);
    });
    program.once('exit', () => reject(new Error(`the browser did not start: ${said}`)));
  });
  const gone = once(program, 'exit');
  kill = async () => {
    if (program.exitCode === null && program.signalCode === null) process.kill(-program.pid!, 'SIGKILL');
    await gone;
  };
  const browser = await chromium.connectOverCDP(address);
  return browser.contexts()[0]!.pages()[0]!;
}

async function train(page: Page): Promise<void> {
  await page.goto(`${test.info().project.use.baseURL ?? ''}/#/train`);
  await fill(page, { Steps: '60', Batch: '4', Layers: '1' });
  await page.getByRole('button', { name: /^Train 1 run/ }).click();
}

test('a browser that is frozen, then killed in mid-run, goes on from the last snapshot to the same weights', async () => {
  const profile = test.info().outputPath('profile');
  const base = test.info().project.use.baseURL ?? '';
  let page = await startBrowser(profile);
  await page.goto(`${base}/#/data`);
  await page.getByRole('button', { name: 'Add the sample’s data' }).click();
  await expect(page.getByRole('link', { name: 'speeches, test' })).toBeVisible();
  await train(page);
  await reached(page, 8);
  await expect(page).toHaveTitle(/^\d+ % · .+ · Vermeil$/);
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Page.setWebLifecycleState', { state: 'frozen' });
  await new Promise((resolve) => setTimeout(resolve, 1000));
  await devtools.send('Page.setWebLifecycleState', { state: 'active' });
  await expect(page.getByText(/saved at step \d+/)).toBeVisible({ timeout: 60_000 });
  await reached(page, 48);
  await kill();

  page = await startBrowser(profile);
  await page.goto(`${base}/#/train`); // it goes on by itself
  await finished(page);
  const [killed] = await storedRuns(page); // once the next has finished, its weights may be let go

  await train(page);
  const states = async () => (await storedRuns(page)).map(({ status }) => status);
  await expect.poll(states, { timeout: 60_000 }).toEqual(['finished', 'finished']);
  const [, whole] = await storedRuns(page);
  expect(killed!.log.map(({ what }) => what)).toEqual(['begun', 'gone-on', 'finished']);
  expect(killed!.curve).toEqual(whole!.curve);
  expect(killed!.weights).toBe(whole!.weights);
});
