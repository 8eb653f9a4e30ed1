import { expect, test } from 'vitest';
import { Notices } from '../../../src/state/notices.svelte.ts';

test('a step back is offered for one change of place; what must be read stays', () => {
  const notices = new Notices();
  const shown = () => notices.list.map(({ what }) => what);
  notices.error(new Error('torn'));
  const [error = ''] = shown();
  notices.done('removed', { name: 'Undo', run: () => undefined });
  notices.moved();
  expect(shown()).toEqual([error, 'removed']);
  notices.moved();
  expect(shown()).toEqual([error]);
  notices.done('the queue waits');
  notices.moved();
  notices.moved();
  expect(shown()).toEqual([error, 'the queue waits']);
});
