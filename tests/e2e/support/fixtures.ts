import { test as base, expect } from '@playwright/test';

/**
 * The test of the tour: whatever else it asserts, no request may leave the origin, from the page or from its workers, and
 * nothing may be written to the console as an error (a refused policy is one).
 */
export const test = base.extend<{ watched: undefined }>({
  watched: [
    async ({ context, page, baseURL }, use) => {
      const own = new URL(baseURL ?? '').origin;
      const foreign: string[] = [];
      const errors: string[] = [];
      context.on('request', (request) => {
        const { origin, protocol } = new URL(request.url());
        if (protocol !== 'data:' && origin !== own) foreign.push(request.url());
      });
      page.on('pageerror', (error) => errors.push(error.message));
      page.on('console', (message) => {
        if (message.type() === 'error') errors.push(message.text());
      });
      await use(undefined);
      expect(foreign, 'requests to other origins').toEqual([]);
      expect(errors, 'errors on the console').toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };
