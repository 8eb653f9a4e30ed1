import { afterAll, expect, it } from 'vitest';
import { startVermeil, workFolder } from './support/vermeil.ts';

const work = workFolder();

afterAll(() => {
  work.remove();
});

it('serves the built app until Ctrl-C', async () => {
  const running = startVermeil(['serve', '--port', '0', '--json'], work.path);
  const [line] = await running.waitFor(/\{"url":.*\}/);
  const { url } = JSON.parse(line) as { url: string };
  const response = await fetch(url);
  expect(response.status).toBe(200);
  expect(response.headers.get('cross-origin-opener-policy')).toBe('same-origin');
  expect(await response.text()).toContain('<title>Vermeil');
  running.child.kill('SIGINT');
  expect((await running.ended).code).toBe(0);
}, 180_000);
