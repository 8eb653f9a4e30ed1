import { pointsOff, smallTest } from '../../eval/compare/smallTest.ts';
import type { DataFacts } from './facts.ts';
import type { RunGroup } from './table.ts';

export type WarningCode =
  /** What is to be said wherever the data are shown. */
  | 'notice'
  | 'selected-on-test'
  | 'gold-in-dev'
  | 'test-in-training'
  | 'silver-simulated'
  | 'silver-like-reference'
  | 'no-teacher'
  | 'no-gold-only'
  | 'no-test'
  | 'small-test'
  | 'other-data'
  | 'data-changed'
  | 'other-test'
  | 'no-predictions'
  | 'devices-differ'
  | 'few-seeds';

/** Something that a reader of the table has to know, with its sentence. */
export interface Warning {
  readonly code: WarningCode;
  readonly text: string;
}

const sentences = (count: number) => (count === 1 ? '1 sentence' : `${count.toLocaleString('en-GB')} sentences`);

/** What weakens a comparison of these groups; `facts` is null where nothing is known of the data. */
export function warningsOf(groups: readonly RunGroup[], facts: DataFacts | null): Warning[] {
  const found: Warning[] = [];
  const warn = (when: boolean, code: WarningCode, text: string) => {
    if (when) found.push({ code, text });
  };
  const records = groups.flatMap(({ runs }) => runs.map(({ record }) => record));
  const selected = records.some(({ selection, config }) => selection === 'best-on-dev' || config.patience > 0);
  const byDev = records.some(({ scores }) => scores.test === undefined && scores.dev !== undefined);
  warn(byDev, 'no-test', 'There is no test set: the scores are of dev, and choosing by them makes them too high.');
  const supports = records.flatMap(({ scores }) =>
    scores.test === undefined ? [] : [scores.test.default.micro.support],
  );
  const support = Math.min(...supports);
  warn(
    support > 0 && support < smallTest,
    'small-test',
    `The test set holds ${String(support)} entities: by them alone a score may be off by about ${pointsOff(support).toFixed(0)} points. More labelled sentences for test would tell more than more runs.`,
  );
  if (facts !== null) {
    const { overlaps, madeBy } = facts;
    warn(
      selected && overlaps.devInTest > 0,
      'selected-on-test',
      `Test was used for selection: ${sentences(overlaps.devInTest)} of it also stand in dev, by which models were chosen. Its scores are too high.`,
    );
    warn(
      overlaps.goldInDev > 0,
      'gold-in-dev',
      `${sentences(overlaps.goldInDev)} of dev also stand in gold: scores on dev, and what is chosen by them, are too high.`,
    );
    const inTraining = overlaps.goldInTest + overlaps.silverInTest;
    warn(
      inTraining > 0,
      'test-in-training',
      `Test sentences also stand in the training data (gold ${String(overlaps.goldInTest)}, silver ${String(overlaps.silverInTest)}): scores are too high.`,
    );
    warn(
      facts.silverSimulated,
      'silver-simulated',
      'The silver labels are simulated from a reference: the differences say nothing about a real teacher.',
    );
    const alike = madeBy.silver.filter((kind) => kind !== 'person' && madeBy.test.includes(kind));
    warn(
      alike.length > 0,
      'silver-like-reference',
      'The reference of test was made by the same kind of source as the silver labels: they may share mistakes, which favours silver.',
    );
    warn(
      facts.teacher === null && facts.sentences.silver > 0,
      'no-teacher',
      'The teacher’s own F1 is not known: no sentence has both its labels and a reference.',
    );
  }
  const goldOnly = groups.some(({ config }) => config.regimen === 'gold-only');
  warn(!goldOnly, 'no-gold-only', 'Gold only is missing: without it nobody can tell what silver adds.');
  const devices = new Set(records.map(({ device }) => device.name));
  warn(
    devices.size > 1,
    'devices-differ',
    `Runs were trained on different devices (${[...devices].join(', ')}): times cannot be compared.`,
  );
  return found;
}
