import { gzipSync } from 'node:zlib';
import { expect, test } from './support/fixtures.ts';

test('the first page asks for little, and for none of the engine', async ({ page }) => {
  const html = await (await page.request.get('/')).text();
  const scripts = [...html.matchAll(/(?:src|href)="\.\/([^"]+\.js)"/g)].map(([, path]) => path ?? '');
  expect(scripts).toContain('boot.js');
  let sizeBytes = 0;
  for (const path of scripts) {
    sizeBytes += gzipSync(await (await page.request.get(`/${path}`)).body(), { level: 9 }).length;
    if (path === 'boot.js') continue;
    const { sources } = (await (await page.request.get(`/${path}.map`)).json()) as { sources: string[] };
    const engine = sources.filter((source) => source.includes('@tensorflow') || source.includes('src/engine/'));
    expect(engine, path).toEqual([]);
  }
  expect(sizeBytes, `${String(scripts.length)} scripts`).toBeGreaterThan(30_000);
  expect(sizeBytes, `${String(scripts.length)} scripts`).toBeLessThanOrEqual(120_000);
});
