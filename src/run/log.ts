/** What can happen to a run, as its log tells it. */
export const logKinds = [
  'begun',
  'gone-on',
  'stopped',
  'failed',
  'finished',
  'older-snapshot',
  'first-stage-shared',
  'memory-short',
  'no-snapshot',
  'snapshot-not-saved',
  'model-not-saved',
  'checkpoint-not-cached',
  'lost',
  'weights-let-go',
  'taken-in',
] as const;
export type LogKind = (typeof logKinds)[number];

/** One line of a run's log. */
export interface LogEntry {
  /** Milliseconds since 1970, UTC. */
  readonly ms: number;
  readonly what: LogKind;
  /** Updates done at that time. */
  readonly step: number;
  /** Facts for a person: the app's version and the browser where it began or went on, a reason; '' for none. */
  readonly detail: string;
}
