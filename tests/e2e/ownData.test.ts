import { expect, test } from './support/fixtures.ts';
import { fill, finished } from './support/steps.ts';

const names = ['Ada', 'Grace', 'Alan', 'Edsger', 'Barbara', 'Donald', 'Tony', 'Niklaus'];
const lines = names.map((name) =>
  JSON.stringify({ text: `${name} spoke.`, spans: [{ start: 0, end: name.length, label: 'PER' }] }),
);

test('own data: looked at before they are added, trained on with WebGPU, removed and put back', async ({ page }) => {
  await page.goto('./#/data');
  const files = page.getByLabel('Files to add');
  await expect(files).toBeAttached();
  await files.setInputFiles([
    { name: 'names.jsonl', mimeType: 'text/plain', buffer: Buffer.from([...lines, '{"text": "no end'].join('\n')) },
    { name: 'test.conll', mimeType: 'text/plain', buffer: Buffer.from('Ada B-PER\nleft O\n\nParis O\n') },
    { name: 'picture.png', mimeType: 'image/png', buffer: Buffer.from([137, 80, 78, 71, 0, 0, 1, 2]) },
  ]);
  const preview = page.getByRole('region', { name: 'Look before you add' });
  await expect(preview.getByText('8 sentences')).toBeVisible();
  await preview.getByText('1 error').click();
  await expect(preview.getByRole('row', { name: /^line 9/ })).toBeVisible();
  await expect(preview.getByRole('combobox', { name: 'Role' }).nth(1)).toHaveValue('test');
  await expect(preview.getByText(/picture\.png holds no text/)).toBeVisible();
  await preview.getByRole('button', { name: 'Add 2 datasets' }).click();
  await expect(page.getByRole('row', { name: /names .*8.*8.*PER 8/ })).toBeVisible();

  await page.getByRole('button', { name: 'Remove names' }).click();
  await expect(page.getByRole('link', { name: 'names' })).toBeHidden();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByRole('link', { name: 'names' })).toBeVisible();

  await page.getByRole('link', { name: /^Device: / }).click();
  const graphics = page.getByRole('radio', { name: /Graphics/ });
  await expect(graphics).toBeEnabled({ timeout: 120_000 });
  await graphics.check();
  await page.goto('./#/train');
  await expect(page.getByRole('checkbox', { name: /^Gold only/ })).toBeChecked();
  await fill(page, { Steps: '3', Layers: '1', Batch: '2' });
  await page.getByRole('button', { name: /^Train 1 run/ }).click();
  await finished(page);
  await expect(page.getByText(/on webgpu, .*swiftshader/i)).toBeVisible();
  await page.getByRole('link', { name: 'See the result' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Gold only, seed 0' })).toBeVisible();
  await expect(page.getByText(/^3 steps on webgpu/)).toBeVisible();
});
