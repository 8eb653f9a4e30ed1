import { expect, test } from './support/fixtures.ts';
import { storedRuns } from './support/stored.ts';
import { fill, finished } from './support/steps.ts';

test('a disk without room for snapshots and model: the run ends, says what is not kept, and its model can be taken home', async ({
  playwright,
  baseURL,
}, info) => {
  // The quota can be set for profiles on the disk alone, not for those in memory that tests have otherwise.
  const context = await playwright.chromium.launchPersistentContext(info.outputPath('profile'), {
    ...info.project.use.launchOptions,
    baseURL: baseURL ?? '',
  });
  await context.addInitScript(() => {
    const locks = { asked: 0, released: 0 };
    Object.assign(globalThis, { locks });
    const { wakeLock } = navigator;
    const request = wakeLock.request.bind(wakeLock);
    wakeLock.request = async (type) => {
      locks.asked++;
      const sentinel = await request(type);
      sentinel.addEventListener('release', () => locks.released++);
      return sentinel;
    };
  });
  context.setDefaultTimeout(30_000);
  const page = await context.newPage();
  const locks = () => page.evaluate(() => (globalThis as unknown as { locks: object }).locks);
  await page.goto('./icons/vermeil.svg'); // of the origin, and stores nothing yet
  const devtools = await context.newCDPSession(page);
  // Before the first write: Chromium asks again only after a while.
  const { origin } = new URL(page.url());
  await devtools.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 5_000_000 });
  await page.goto('./#/data');
  await page.getByRole('button', { name: 'Add the sample’s data' }).click();
  await expect(page.getByRole('link', { name: 'speeches, test' })).toBeVisible();

  await page.goto('./#/train');
  await fill(page, { Steps: '12', Batch: '4', Layers: '1' });
  await page.getByRole('button', { name: /^Train 1 run/ }).click();
  await expect.poll(locks).toEqual({ asked: 1, released: 0 }); // the machine is kept awake
  await finished(page);
  await expect.poll(locks).toEqual({ asked: 1, released: 1 });
  await expect(page.getByText(/The model to begin from could not be kept/)).toBeVisible();
  await expect(
    page.getByText(/The run goes on, but it could not be saved: There is no room left/).first(),
  ).toBeVisible();
  await expect(page.getByText(/its model could not be kept: There is no room left/)).toBeVisible();
  const [run] = await storedRuns(page);
  expect(run).toMatchObject({ status: 'finished', weights: '' });
  expect(run!.curve).toHaveLength(12);

  await page.getByRole('link', { name: 'See the result' }).click();
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: /^Download the model/ }).click();
  expect((await download).suggestedFilename()).toMatch(/\.zip$/);
  await context.close();
});
