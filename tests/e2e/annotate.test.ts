import { readFile } from 'node:fs/promises';
import { expect, test, type Page } from '@playwright/test';
import { unzipSync } from 'fflate';
import { faultKey } from '../support/faultBodies.ts';
import { startFaultServer, type FaultServer } from '../support/faultServer.ts';
import { accessible } from './support/looks.ts';
import { addSample } from './support/steps.ts';

let server: FaultServer;
let holding = true;
test.beforeAll(async () => {
  // The third request is answered by a web page; those after the fifth wait until a reload has cut them off.
  const delayMs = (n: number) => (holding && n >= 5 ? 20_000 : 50);
  server = await startFaultServer({ delayMs, fault: (n) => (n === 2 ? 'html' : 'ok') });
});
test.afterAll(() => server.close());

/** Everything that the page keeps: all stores of the database, both storages, and the address. */
async function kept(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open('vermeil');
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(new Error('no database'));
    });
    const names = [...database.objectStoreNames];
    const stores = await Promise.all(
      names.map(
        (name) =>
          new Promise<unknown>((resolve) => {
            const request = database.transaction(name).objectStore(name).getAll();
            request.onsuccess = () => resolve(request.result);
          }),
      ),
    );
    database.close();
    return JSON.stringify([names, stores, Object.entries(localStorage), Object.entries(sessionStorage), location.href]);
  });
}

const step = (page: Page, name: string) =>
  page.locator('summary').filter({ has: page.getByText(name, { exact: true }) });
const posted = () => server.received.filter(({ method }) => method === 'POST');

test('a teacher by key: allowed, asked, cut off by a reload, gone on with; the key is nowhere but in memory', async ({
  page,
}, info) => {
  const said: string[] = [];
  page.on('console', (message) => said.push(message.text()));
  const addresses: string[] = [];
  page.context().on('request', (request) => addresses.push(request.url()));
  const endpoint = server.endpoint('openai');

  await addSample(page);
  await page.goto('./#/annotate');
  await expect(page.getByRole('button', { name: 'Replay the answers to 50 sentences' })).toBeEnabled();
  await step(page, 'What').click();
  await page.getByRole('textbox', { name: 'How many' }).fill('12');
  await step(page, 'Teacher').click();
  await page.getByRole('radio', { name: /^A language model/ }).check();
  await page
    .getByRole('combobox', { name: 'Whose model' })
    .selectOption({ label: 'Another that speaks OpenAI’s interface' });
  await page.getByRole('textbox', { name: 'Address' }).fill(endpoint);
  // Before it is allowed, the page’s policy lets nothing out.
  await expect(page.getByText(`This page may not talk to ${server.origin} yet.`)).toBeVisible();
  expect(
    await page.evaluate(
      (url) =>
        fetch(url)
          .then(() => 'let out')
          .catch(() => 'blocked'),
      `${server.origin}/`,
    ),
  ).toBe('blocked');
  await page.getByRole('button', { name: `Allow ${server.origin} and reload the page` }).click();

  await page.getByRole('textbox', { name: `Key for ${server.origin}` }).fill('wrong-key');
  await page.getByRole('button', { name: 'Look up the models' }).click();
  await expect(page.getByRole('alert')).toContainText('The provider does not accept the key.');
  await page.getByRole('textbox', { name: `Key for ${server.origin}` }).fill(faultKey);
  await page.getByRole('button', { name: 'Look up the models' }).click();
  await expect(page.getByText('2 models found')).toBeVisible();
  await page.getByRole('combobox', { name: 'Model', exact: true }).fill('m1');
  await step(page, 'Plan').click();
  await page.getByRole('textbox', { name: 'Requests at a time' }).fill('2');
  await page.getByRole('textbox', { name: 'USD for a million tokens sent' }).fill('1');
  await page.getByRole('textbox', { name: 'and for a million that come back' }).fill('1');
  await accessible(page);
  await page.getByRole('button', { name: /^Ask for 12 sentences, at most \$0\.0\d+$/ }).click();

  await expect.poll(() => posted().length).toBe(7);
  await expect(page.getByRole('progressbar', { name: /^Progress of / })).toBeVisible(); // in the rail, wherever one is
  page.on('dialog', (dialog) => void dialog.accept());
  await page.reload();
  holding = false;
  await expect(
    page.getByText(/This job was cut short .* 4 of 12 requests are answered\. No answer that came is lost\./),
  ).toBeVisible();
  await page.getByText('What came back is not an answer of this kind of provider, but a web page.').click();
  await expect(page.getByText('See that the address is that of the API and not of a website')).toBeVisible();
  await expect(page.getByText('2 requests may have been charged without an answer.')).toBeVisible();
  await accessible(page);

  await page
    .getByRole('textbox', { name: `Key for ${server.origin}` })
    .first()
    .fill(faultKey);
  await page.getByRole('button', { name: 'Go on: 5 requests left' }).click();
  await page.getByRole('button', { name: 'Send the 2 again, which may cost twice' }).click();
  await page.getByRole('button', { name: 'Ask the 1 again that failed' }).click();
  await expect(page.getByText('Done: 12 of 12 requests are answered.')).toBeVisible();
  // What failed and what the reload cut off was sent twice, because it was asked for; nothing that had an answer was.
  const bodies = posted().map(({ body }) => body);
  const twice = bodies.filter((body, i) => bodies.indexOf(body) < i);
  expect([bodies.length, new Set(bodies).size, new Set(twice)]).toEqual([
    ...[15, 12],
    new Set([bodies[2], bodies[5], bodies[6]]),
  ]);
  await page.getByRole('link', { name: 'See them in Data' }).click();
  await expect(page.getByText('Labels by m1, Standard v1')).toBeVisible();

  await page.getByRole('button', { name: /bundle, room, erase/ }).click();
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download the bundle' }).click();
  const path = info.outputPath('bundle.zip');
  await (await download).saveAs(path);
  const files = Object.values(unzipSync(await readFile(path))).map((bytes) => new TextDecoder().decode(bytes));
  const everything = [await kept(page), ...files, ...said, ...addresses].join('\n');
  expect(everything).toContain('"m1"'); // it is the right place that was searched
  expect(everything).not.toContain(faultKey);
  expect(everything).not.toContain('wrong-key');
});

test('a server that lets no page read its answers is told from one that does not run', async ({ page }) => {
  const silent = await startFaultServer({ fault: () => 'no-cors' });
  const gone = await startFaultServer();
  await gone.close();
  await addSample(page);
  await page.goto('./#/annotate');
  await step(page, 'Teacher').click();
  await page.getByRole('radio', { name: /^A language model/ }).check();
  for (const [{ origin, endpoint }, problem] of [
    [silent, /answers, but it does not let pages read its answers \(CORS\)\. Have the server send/],
    [gone, /cannot be reached, and the browser does not say why\. It may be that \(1\) the server does not run/],
  ] as const) {
    await page
      .getByRole('combobox', { name: 'Whose model' })
      .selectOption({ label: 'Another that speaks OpenAI’s interface' });
    await page.getByRole('textbox', { name: 'Address' }).fill(endpoint('openai'));
    await page.getByRole('button', { name: `Allow ${origin} and reload the page` }).click();
    await page.getByRole('textbox', { name: `Key for ${origin}` }).fill(faultKey);
    await page.getByRole('button', { name: 'Look up the models' }).click();
    await expect(page.getByRole('alert')).toHaveText(problem);
  }
  // The probe that tells them apart carries no key.
  expect(silent.received.map(({ url, headers }) => [url, headers.authorization])).toEqual([['/', undefined]]);
  await silent.close();
});
