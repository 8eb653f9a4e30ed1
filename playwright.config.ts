import { defineConfig } from '@playwright/test';
import { chromiumFlags, findChromium } from './scripts/find-chromium.mjs';

const executablePath = findChromium();
const url = 'http://localhost:41730';

export default defineConfig({
  testDir: 'tests/e2e',
  testMatch: '**/*.test.ts',
  outputDir: 'test-results',
  timeout: 300_000,
  expect: { timeout: 15_000 },
  workers: 1,
  fullyParallel: false,
  forbidOnly: process.env['CI'] !== undefined,
  reporter: [['list']],
  // The built app as `vermeil serve` gives it, headers and all.
  webServer: { command: 'node bin/vermeil serve --port 41730', url, reuseExistingServer: false, timeout: 120_000 },
  use: {
    baseURL: url,
    browserName: 'chromium',
    launchOptions: { ...(executablePath === null ? {} : { executablePath }), args: chromiumFlags },
    // Tests of the offline app ask for it; in all others each page is fetched from the server.
    serviceWorkers: 'block',
    screenshot: 'only-on-failure',
    trace: 'retain-on-failure',
  },
});
