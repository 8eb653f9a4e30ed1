import { beforeEach, expect, test } from 'vitest';
import { Job } from '../../../src/state/job.svelte.ts';
import { WatchingState } from '../../../src/state/watching.svelte.ts';
import type { Client } from '../../../src/worker/client.ts';
import type { ControlAction, PageTrainEvent, TrainOutcome } from '../../../src/worker/protocol.ts';
import { createTabs, type TabChannel } from '../../../src/worker/tabs.ts';
import { tinyRequest } from '../../support/tinyData.ts';

/** Channels of one origin: what one posts, all others get, as a clone. */
let channels: { listeners: ((event: { readonly data: unknown }) => void)[] }[];
beforeEach(() => {
  channels = [];
});

function openChannel(): TabChannel {
  const own: (typeof channels)[number] = { listeners: [] };
  channels.push(own);
  return {
    postMessage(message) {
      for (const { listeners } of channels.filter((channel) => channel !== own))
        for (const listener of listeners) listener({ data: structuredClone(message) });
    },
    addEventListener: (_type, listener) => own.listeners.push(listener),
  };
}

/** A run whose events the test makes. */
function puppetTrain() {
  const actions: ControlAction[] = [];
  let tell: (event: PageTrainEvent) => void = () => undefined;
  let end: (outcome: TrainOutcome) => void = () => undefined;
  const train: Client['train'] = (request, onEvent) => {
    tell = onEvent;
    const done = new Promise<TrainOutcome>((resolve) => (end = resolve));
    const did = (action: ControlAction) => () => actions.push(action);
    const controls = { pause: did('pause'), continue: did('continue'), step: did('step'), stop: did('stop') };
    return { runId: request.runId, done, ...controls };
  };
  return { train, actions, tell: (event: PageTrainEvent) => tell(event), end: (outcome: TrainOutcome) => end(outcome) };
}

const point = (step: number) => ({ step, loss: 1 / step, learningRate: 1e-4, gradNorm: 1, silverShare: 1 });
const steps = (...at: number[]): PageTrainEvent => ({
  kind: 'steps',
  points: at.map(point),
  tokens: 9,
  tokensPerSecond: 100 + at.length,
  secondsLeft: 5,
  heldBytes: 1000 + at.length,
});
const started: PageTrainEvent = {
  kind: 'started',
  steps: 10,
  stages: [{ name: 'gold', source: 'gold', firstStep: 0, endStep: 10 }],
  resumedAt: 2,
  tags: ['O'],
  parameters: 1,
  vocabUsed: 1,
  curve: [1, 2].map(point),
  dev: [{ step: 2, f1: 0.1, best: true }],
};
const told: readonly PageTrainEvent[] = [
  { kind: 'waiting', elsewhere: false },
  { kind: 'loading', what: 'device', done: 0, total: 0 },
  { kind: 'device', device: { name: 'wasm', adapter: '1 thread', software: false } },
  started,
  { kind: 'note', note: { what: 'older-snapshot', step: 2 } },
  steps(3, 4),
  { kind: 'dev', point: { step: 4, f1: 0.3, best: true }, scores: {} as never },
  steps(5),
  { kind: 'saved', step: 5 },
  { kind: 'paused', paused: true },
];

/** What a page shows of a run. */
function shown(job: Job | null) {
  if (job === null) return null;
  const { runId, name, status, device, steps: all, step, progress, curve, dev, savedAt, resumedAt, notes } = job;
  const { tokensPerSecond, secondsLeft, heldBytes } = job;
  const rates = { tokensPerSecond, secondsLeft, heldBytes, loading: status === 'loading' ? job.loading : null };
  return { runId, name, status, device, all, step, progress, curve, dev, savedAt, resumedAt, notes, ...rates };
}

test('a tab that watches from the beginning and one that comes late both see what the tab that trains sees', async () => {
  const early = new WatchingState(createTabs(openChannel(), '1'));
  const { train, tell, end } = puppetTrain();
  const own = new Job(tinyRequest('r', '/'));
  const handle = createTabs(openChannel(), '1').told(train)(own.request, (event) => own.take(event));
  for (let n = 0; n < told.length; n++) {
    tell(told[n]!);
    const late = new WatchingState(createTabs(openChannel(), '1'));
    expect(shown(early.job), told[n]!.kind).toEqual(shown(own));
    expect(shown(late.job), told[n]!.kind).toEqual(shown(own));
  }
  expect(early.job).toMatchObject({ step: 5, status: 'paused' });
  expect(early.job!.request.data).toEqual({ silver: [], gold: [], dev: [], test: [] }); // data stay where they are
  end({ kind: 'stopped', step: 5 });
  await handle.done;
  await Promise.resolve();
  expect(early.job).toBeNull();
  expect(new WatchingState(createTabs(openChannel(), '1')).job).toBeNull();
});

test('another version of the app, and messages of others, are not listened to', () => {
  const channel = openChannel();
  const watching = new WatchingState(createTabs(openChannel(), '1'));
  const { train, tell } = puppetTrain();
  createTabs(openChannel(), '2').told(train)(tinyRequest('r', '/'), () => undefined);
  tell(started);
  expect(watching.job).toBeNull();
  for (const stray of [null, 'run', { kind: 'run' }, { kind: 'toString', appVersion: '1' }, { appVersion: '1' }])
    channel.postMessage(stray);
  expect(watching.job).toBeNull();
});

test('which runs go on elsewhere is known until they end or their page says that it goes', async () => {
  const here = createTabs(openChannel(), '1');
  const there = createTabs(openChannel(), '1');
  const runs = ['a', 'b', 'c'].map((id) => {
    const puppet = puppetTrain();
    const { done } = there.told(puppet.train)(tinyRequest(id, '/'), () => undefined);
    return { ...puppet, done };
  });
  expect([...here.others()]).toEqual(['a', 'b', 'c']);
  runs[1]!.end({ kind: 'stopped', step: 1 });
  await runs[1]!.done;
  await Promise.resolve();
  expect([...here.others()]).toEqual(['a', 'c']);
  there.leave();
  expect([...here.others()]).toEqual([]);
});

test('a tab that watches asks for a pause, and shows it only when it has come about', async () => {
  const watching = new WatchingState(createTabs(openChannel(), '1'));
  const { train, tell, actions } = puppetTrain();
  const own = new Job(tinyRequest('r', '/'));
  void own.follow((request, onEvent) => createTabs(openChannel(), '1').told(train)(request, onEvent));
  tell(started);
  watching.pause();
  expect(watching.asked).toEqual({ action: 'pause', state: 'sent' });
  await expect.poll(() => watching.asked).toEqual({ action: 'pause', state: 'heard' });
  expect([actions, watching.job!.status]).toEqual([['pause'], 'running']); // the step goes on
  tell(steps(3));
  expect(watching.asked?.state).toBe('heard');
  tell({ kind: 'paused', paused: true });
  expect([watching.asked, watching.job!.status, own.status]).toEqual([null, 'paused', 'paused']);
  watching.oneStep();
  tell(steps(4));
  watching.continue();
  tell({ kind: 'paused', paused: false });
  expect([watching.asked, actions]).toEqual([null, ['pause', 'step', 'continue']]);
  watching.stop();
  expect(actions.at(-1)).toBe('stop');
  expect([watching.job!.status, own.status]).toEqual(['stopping', 'stopping']); // both tabs say so
});

test('that the tab that trains stops a run shows in the others', () => {
  const watching = new WatchingState(createTabs(openChannel(), '1'));
  const { train, tell, actions } = puppetTrain();
  const handle = createTabs(openChannel(), '1').told(train)(tinyRequest('r', '/'), () => undefined);
  tell(started);
  handle.stop();
  expect([actions, watching.job!.status]).toEqual([['stop'], 'stopping']);
});

test('a tab that does not answer is told as such, and what it does later shows all the same', async () => {
  const channel = openChannel();
  const watching = new WatchingState(createTabs(openChannel(), '1', 5));
  const request = tinyRequest('r', '/');
  channel.postMessage({ kind: 'run', appVersion: '1', request, events: [started] }); // its page is asleep from here on
  watching.pause();
  await expect.poll(() => watching.asked).toEqual({ action: 'pause', state: 'unheard' });
  channel.postMessage({ kind: 'event', appVersion: '1', runId: 'r', event: { kind: 'paused', paused: true } });
  expect([watching.asked, watching.job!.status]).toEqual([null, 'paused']);
});
