import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium, type Page } from '@playwright/test';
import { chromiumFlags, findChromium } from '../../scripts/find-chromium.mjs';
import { expect, test } from './support/fixtures.ts';
import { putStored, storedRuns, storedStatuses } from './support/stored.ts';
import { fill, reached } from './support/steps.ts';

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
    // Its lock names a process that the system may not have cleared away yet.
    await rm(join(profile, 'SingletonLock'), { force: true });
  };
  const browser = await chromium.connectOverCDP(address);
  return browser.contexts()[0]!.pages()[0]!;
}

/** Two runs that share their first stage of 63 steps. */
async function train(page: Page): Promise<void> {
  await page.goto(`${test.info().project.use.baseURL ?? ''}/#/train`);
  await expect(page.getByRole('checkbox', { name: /^Simple mix/ })).toBeVisible();
  const both = page.getByRole('checkbox', { name: /^Silver, then both/ });
  if (!(await both.isVisible())) await page.getByRole('button', { name: 'More ways to mix silver and gold' }).click();
  await both.check();
  await fill(page, {
    'Passes over silver': '1',
    'Steps of the second stage': '40',
    Batch: '16',
    Layers: '1',
    'Longest window': '32',
  });
  await page.getByRole('button', { name: /^Train 2 runs/ }).click();
}

/** Freezes the page for a second, as browsers do with tabs in the background. */
async function freeze(page: Page): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Page.setWebLifecycleState', { state: 'frozen' });
  await new Promise((resolve) => setTimeout(resolve, 1000));
  await devtools.send('Page.setWebLifecycleState', { state: 'active' });
}

/** Closes the app's database under it, by the button that Chromium has for that. */
async function closeDatabase(page: Page): Promise<void> {
  const internals = await page.context().newPage();
  await internals.goto('chrome://indexeddb-internals');
  await internals.getByText('Force close').first().click();
  await internals.close();
  await page.bringToFront();
}

/** Waits until as many runs are stored, and all have ended well. */
async function allFinished(page: Page, count: number): Promise<void> {
  const statuses = () => storedStatuses(page);
  await expect.poll(statuses, { timeout: 240_000 }).toEqual(Array.from({ length: count }, () => 'finished'));
}

test('an experiment that is frozen, loses its database and is killed twice ends with the same weights', async () => {
  const profile = test.info().outputPath('profile');
  const base = test.info().project.use.baseURL ?? '';
  let page = await startBrowser(profile);
  await page.goto(`${base}/#/data`);
  await page.getByRole('button', { name: 'Add the sample’s data' }).click();
  await expect(page.getByRole('link', { name: 'speeches, test' })).toBeVisible();
  await putStored(page, { settings: [{ name: 'keep-weights', value: 'all' }] }); // they are compared below
  await page.reload();
  await train(page);
  await reached(page, 8);
  await expect(page).toHaveTitle(/^\d+ % · .+ · Vermeil$/);
  await freeze(page);
  await closeDatabase(page);
  await expect(page.getByText(/saved at step 63/)).toBeVisible({ timeout: 120_000 });
  await reached(page, 70);
  await kill();

  page = await startBrowser(profile);
  await page.goto(`${base}/#/train`); // it goes on by itself
  await expect(page.getByRole('heading', { level: 1, name: 'Silver, then both, seed 0' })).toBeVisible({
    timeout: 120_000,
  });
  await reached(page, 70);
  await kill();

  page = await startBrowser(profile);
  await page.goto(`${base}/#/train`);
  await allFinished(page, 2);
  await train(page);
  await allFinished(page, 4);
  const [mix, both, wholeMix, wholeBoth] = await storedRuns(page);
  const told = (run: typeof mix) => run!.log.map(({ what, step }) => `${what} ${String(step)}`);
  const last = (run: typeof mix) => `finished ${String(run!.curve.length)}`;
  expect(told(mix)).toEqual(['begun 0', 'gone-on 63', last(mix)]);
  expect(told(both)).toEqual(['begun 0', 'begun 0', 'no-snapshot 0', 'first-stage-shared 63', last(both)]);
  for (const [killed, whole] of [
    [mix, wholeMix],
    [both, wholeBoth],
  ]) {
    expect(killed!.curve).toEqual(whole!.curve);
    expect(killed!.weights).toBe(whole!.weights);
    expect(killed!.weights).not.toBe('');
  }
});
