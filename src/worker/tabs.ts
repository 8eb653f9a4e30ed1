import type { Client, TrainHandle } from './client.ts';
import type { ControlAction, PageTrainEvent, TrainRequest } from './protocol.ts';
import { RunSoFar } from './runSoFar.ts';

/** What this file needs of a BroadcastChannel; tests hand in another. */
export interface TabChannel {
  postMessage(message: unknown): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
}

/** A run of another tab, for a tab that watches; its data stay where they are. */
export interface WatchedRun {
  readonly request: TrainRequest;
  /** Everything that a tab has to know which did not see the run begin. */
  readonly events: readonly PageTrainEvent[];
}

/** What is told of the runs of other tabs. */
export interface Watcher {
  /** Another tab trains this run, from now on or for a while already; the same run may be told again, from its beginning. */
  onRun(run: WatchedRun): void;
  onEvent(runId: string, event: PageTrainEvent): void;
  /** It has ended, well or not. A tab that was closed tells nothing: see `liveRuns` in `runLock.ts`. */
  onEnd(runId: string): void;
}

type Message =
  | { readonly kind: 'who' }
  | ({ readonly kind: 'run' } & WatchedRun)
  | { readonly kind: 'event'; readonly runId: string; readonly event: PageTrainEvent }
  | { readonly kind: 'end'; readonly runId: string }
  /** A tab that watches wants the run to pause, say; the one that trains it does so, and says that it has heard. */
  | { readonly kind: 'ask' | 'heard'; readonly ask: number; readonly runId: string; readonly action: ControlAction }
  | { readonly kind: 'queue' };

const kinds: Readonly<Record<Message['kind'], true>> = {
  who: true,
  run: true,
  event: true,
  end: true,
  ask: true,
  heard: true,
  queue: true,
};

/** The page's side of what tabs of one origin tell each other of their runs. Works in insecure contexts too. */
export interface Tabs {
  /** The same training, of which all other tabs are told. */
  told(train: Client['train']): Client['train'];
  /** Tells of the runs of other tabs, first of the one that goes on already. */
  watch(watcher: Watcher): void;
  /**
   * Ids of the runs that other tabs train, as far as they have told. Where there are locks those know better: a tab that
   * crashes tells nothing.
   */
  others(): ReadonlySet<string>;
  /**
   * Asks the tab that trains a run for something; gives whether it has heard. What came of it is told as an event of the run. A
   * tab that is asleep may hear it when it wakes up.
   */
  ask(runId: string, action: ControlAction): Promise<boolean>;
  /** Tells other tabs that this page goes, and its runs with it. */
  leave(): void;
  /** Tells other tabs that the stored queue has changed, or a run of it. */
  tellQueue(): void;
  /** Is told when another tab has changed it. */
  onQueue(listener: () => void): void;
}

/** A tab that is not asleep answers in milliseconds, unless the page is at work. */
const patienceMs = 3000;

/** `appVersion`: what a tab with another version of the app says is not listened to, since it may mean something else. */
export function createTabs(channel: TabChannel, appVersion: string, waitMs = patienceMs): Tabs {
  const own = new Map<
    string,
    { readonly request: TrainRequest; readonly soFar: RunSoFar; handle: TrainHandle | null }
  >();
  /** What waits for an answer, by a number that no other tab is likely to take. */
  const asked = new Map<number, () => void>();
  const others = new Set<string>();
  const watchers: Watcher[] = [];
  const queueListeners: (() => void)[] = [];

  function tell(message: Message): void {
    channel.postMessage({ ...message, appVersion });
  }

  function tellRun(runId: string): void {
    const run = own.get(runId);
    if (run !== undefined) tell({ kind: 'run', request: run.request, events: run.soFar.events() });
  }

  function end(runId: string): void {
    if (own.delete(runId)) tell({ kind: 'end', runId });
  }

  channel.addEventListener('message', ({ data }) => {
    const message = decodeMessage(data, appVersion);
    switch (message?.kind) {
      case 'who':
        for (const runId of own.keys()) tellRun(runId);
        return;
      case 'run':
        others.add(message.request.runId);
        for (const { onRun } of watchers) onRun(message);
        return;
      case 'event':
        for (const { onEvent } of watchers) onEvent(message.runId, message.event);
        return;
      case 'end':
        others.delete(message.runId);
        for (const { onEnd } of watchers) onEnd(message.runId);
        return;
      case 'ask': {
        const run = own.get(message.runId);
        if (run === undefined) return;
        run.handle?.[message.action]();
        tell({ ...message, kind: 'heard' });
        return;
      }
      case 'heard':
        asked.get(message.ask)?.();
        return;
      case 'queue':
        for (const listener of queueListeners) listener();
        return;
      case undefined:
    }
  });

  return {
    told(train) {
      return (request, onEvent) => {
        const { runId } = request;
        const soFar = new RunSoFar();
        const run = { request: { ...request, data: noData }, soFar, handle: null as TrainHandle | null };
        own.set(runId, run);
        tellRun(runId);
        const take = (event: PageTrainEvent) => {
          soFar.add(event);
          tell({ kind: 'event', runId, event });
          onEvent(event);
        };
        const handle = train(request, take);
        run.handle = {
          ...handle,
          stop() {
            take({ kind: 'stopping' });
            handle.stop();
          },
        };
        const ended = () => end(runId);
        handle.done.then(ended, ended);
        return run.handle;
      };
    },
    watch(watcher) {
      watchers.push(watcher);
      tell({ kind: 'who' });
    },
    others: () => others,
    ask(runId, action) {
      const ask = Math.random();
      return new Promise<boolean>((resolve) => {
        const answer = (heard: boolean) => {
          clearTimeout(timer);
          asked.delete(ask);
          resolve(heard);
        };
        const timer = setTimeout(() => answer(false), waitMs);
        asked.set(ask, () => answer(true));
        tell({ kind: 'ask', ask, runId, action });
      });
    },
    leave() {
      for (const runId of [...own.keys()]) end(runId);
    },
    tellQueue() {
      tell({ kind: 'queue' });
    },
    onQueue(listener) {
      queueListeners.push(listener);
    },
  };
}

const noData: TrainRequest['data'] = { silver: [], gold: [], dev: [], test: [] };

/** Null for anything but a message of this version of the app, whose own code it is compiled with. */
function decodeMessage(data: unknown, appVersion: string): Message | null {
  if (typeof data !== 'object' || data === null || !('kind' in data) || !('appVersion' in data)) return null;
  const { kind } = data;
  const isKnown = typeof kind === 'string' && Object.hasOwn(kinds, kind) && data.appVersion === appVersion;
  return isKnown ? (data as unknown as Message) : null;
}
