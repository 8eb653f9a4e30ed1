import { expect, test } from 'vitest';
import { defaultConfig } from '../../../src/run/config.ts';
import { configQuery } from '../../../src/run/link.ts';
import { ConfigIn } from '../../../src/state/configIn.svelte.ts';
import { DraftState } from '../../../src/state/draft.svelte.ts';
import type { Router } from '../../../src/state/router.svelte.ts';

const wanted = { ...defaultConfig, regimen: 'gold-only' as const, learningRate: 1e-4, seed: 3 };

function opened(query = '', place = 'train') {
  const route = { place, open: '', query };
  const router = {
    route,
    look: (next: string) => {
      route.query = next;
    },
  } as unknown as Router;
  const draft = new DraftState(() => ({ silver: 20, gold: 10 }));
  // A new object each time: what is derived from a plain route is computed once.
  const look = () => new ConfigIn(router, draft);
  return { route, draft, look };
}
const fileOf = (name: string, content: unknown) => ({ name, file: new Blob([JSON.stringify(content)]) });

test('a link says what it would change, and changes nothing before it is taken', () => {
  const { draft, look, route } = opened(configQuery(wanted));
  const configIn = look();
  expect(configIn.offer).toEqual({
    kind: 'settings',
    from: 'a link',
    config: wanted,
    differences: [
      'Regimen Simple mix → Gold only',
      'Passes over silver 2 → 0',
      'Passes over gold 4 → 8',
      'Learning rate 0.0003 → 0.0001',
      'Seed 0 → 3',
    ],
  });
  expect(draft.plan.configs).toEqual([defaultConfig]);
  const putBack = configIn.take();
  expect(draft.plan.configs).toEqual([wanted]);
  expect([route.query, look().offer]).toEqual(['', null]);
  putBack();
  expect(draft.plan.configs).toEqual([defaultConfig]);
});

test('what several regimens and seeds were chosen before comes back too', () => {
  const { draft, look } = opened(configQuery(wanted));
  draft.take('paper-recipe');
  const before = draft.plan.configs;
  expect(before.length).toBe(35);
  const putBack = look().take();
  expect(draft.plan.configs).toEqual([wanted]);
  putBack();
  expect(draft.plan.configs).toEqual(before);
});

test('a bad link says why, and leaving it clears the address', () => {
  const { look, route } = opened('config=1&batchSize=0');
  const configIn = look();
  expect(configIn.offer).toMatchObject({ kind: 'problem', what: 'The setting “batchSize” cannot be 0.' });
  configIn.leave();
  expect(route.query).toBe('');
  expect(opened('config=1&steps=9', 'data').look().offer).toBeNull();
  expect(opened('text=mix').look().offer).toBeNull();
});

test('a file of settings is taken wherever it is dropped, other JSON is not', async () => {
  const { look } = opened('', 'data');
  const configIn = look();
  expect(await configIn.open(fileOf('labels.json', [{ text: 'Ada', spans: [] }]))).toBe(false);
  expect(await configIn.open(fileOf('run.txt', wanted))).toBe(false);
  expect(await configIn.open({ name: 'broken.json', file: new Blob(['{']) })).toBe(false);
  expect(configIn.offer).toBeNull();
  expect(await configIn.open(fileOf('run.config.json', { learningRate: 1e-4, seed: 3, regimen: 'gold-only' }))).toBe(
    true,
  );
  expect(configIn.offer).toMatchObject({ kind: 'settings', from: 'run.config.json', config: wanted });
  expect(await configIn.open(fileOf('newer.json', { seed: 3, steps: 40, colour: 'red' }))).toBe(true);
  expect(configIn.offer).toMatchObject({ kind: 'problem', what: 'The setting “colour” cannot be "red".' });
});
