import { test as unwatched } from '@playwright/test';
import { expect, test } from './support/fixtures.ts';

test('the app is served isolated, under a policy, with its own files only', async ({ page }) => {
  const response = await page.goto('/');
  expect(response?.headers()['content-security-policy']).toContain("default-src 'self'");
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  await expect(page.locator('h1').first()).toBeVisible();
});

unwatched('a request to another origin is refused by the policy', async ({ page }) => {
  await page.goto('/');
  const outcome = await page.evaluate(() => {
    const violation = new Promise<string>((resolve) => {
      document.addEventListener('securitypolicyviolation', (event) => resolve(event.effectiveDirective));
    });
    void fetch('https://example.invalid/').catch(() => undefined);
    return violation;
  });
  expect(outcome).toBe('connect-src');
});

test('WebGPU is SwiftShader', async ({ page }) => {
  await page.goto('/');
  const info = await page.evaluate(async () => {
    const adapter = await navigator.gpu.requestAdapter();
    return `${adapter?.info.vendor ?? ''} ${adapter?.info.architecture ?? ''}`;
  });
  expect(info).toBe('google swiftshader');
});
