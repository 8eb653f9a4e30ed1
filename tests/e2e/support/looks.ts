import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect } from './fixtures.ts';

export const places = ['start', 'data', 'annotate', 'train', 'results'] as const;
export type Place = (typeof places)[number];

/** Goes to a place and waits for its title. */
export async function goTo(page: Page, place: string): Promise<void> {
  await page.goto(`./#/${place}`);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  if (place === 'annotate')
    await expect(page.getByRole('region', { name: /^(Steps|No sentences yet)$/ })).toBeVisible();
}

/** No serious or critical violation of accessibility rules, as axe sees them. */
export async function accessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const bad = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  const told = bad.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`);
  expect(told, `axe on ${page.url()}`).toEqual([]);
}

/** Every place in light and dark, wide and at 360 px: accessible, without sideways scrolling, and a picture for looking. */
export async function lookEverywhere(page: Page, state: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    for (const width of [1440, 360]) {
      await page.setViewportSize({ width, height: width === 360 ? 740 : 900 });
      for (const place of places) {
        await goTo(page, place);
        await accessible(page);
        const [needed, room] = await page.evaluate(() => [
          document.documentElement.scrollWidth,
          document.documentElement.clientWidth,
        ]);
        expect(needed, `width of ${place} at ${String(width)} px`).toBeLessThanOrEqual(room);
        await page.screenshot({ path: `test-results/shots/${state}-${place}-${colorScheme}-${String(width)}.png` });
      }
    }
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 1280, height: 800 });
}
