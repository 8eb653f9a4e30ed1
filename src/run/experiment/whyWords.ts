import { inPoints } from '../../eval/compare/words.ts';
import { shapeOf } from '../regimens.ts';
import type { Part } from '../why.ts';
import { originKey, rowOf, type RunGroup } from './table.ts';
import { pooledWhy, repeatedOf, shareOf, type PooledWhy } from './why.ts';

/** What is read first, and what it rests on. */
export interface WhyWords {
  readonly finding: string;
  readonly rest: readonly string[];
}

/**
 * What the logged numbers say about why silver helps or not: of the way with silver and gold that has the highest mean, beside
 * gold only. It describes and claims no cause. Null where nothing was logged.
 */
export function whyInWords(groups: readonly RunGroup[]): WhyWords | null {
  const logged = groups.flatMap((group) => {
    const why = pooledWhy(group);
    return why === null ? [] : [{ group, why, f1: rowOf(group).f1?.mean ?? -1 }];
  });
  const mixed = logged.filter(({ group }) => shapeOf(group.config).draws.length > 1).sort((a, b) => b.f1 - a.f1)[0];
  const top = mixed ?? logged[0];
  if (top === undefined) return null;
  const alike = groups.filter((group) => isAlike(group, top.group));
  const gold = logged.find(
    (one) => one !== top && one.group.config.regimen === 'gold-only' && alike.includes(one.group),
  );
  return {
    finding: findingOf(top, gold),
    rest: [
      ...ofMistakes(top.group, top.why),
      ...ofGold(top.why),
      ...(gold === undefined
        ? []
        : [
            ...ofControl(gold.group.name, gold.why, top.why),
            ...ofLabels(top.group, gold.group),
            ...ofSteps(top.group, gold.group, alike),
          ]),
      'These numbers describe what happened; they prove no cause.',
    ],
  };
}

interface Logged {
  readonly group: RunGroup;
  readonly why: PooledWhy;
}

/** How much of the teacher’s mistakes is repeated, and by gold only, where that was looked at on the same sentences. */
function findingOf({ group, why }: Logged, gold: Logged | undefined): string {
  const [end, before] = [why.points.at(-1)!, silverEnd(why)];
  const [name, last] = [lower(group.name), repeatedOf(end)];
  const on = `On ${String(why.sentences)} sentences${isByHeart(group, why) ? ' of gold, which it is trained on' : ''}`;
  if (last.of === 0) return `${on}, the teacher made no mistake that could be repeated.`;
  const did =
    before === undefined
      ? `${name} ends by repeating ${percent(last)} of the teacher’s mistakes`
      : `${name} repeated ${percent(repeatedOf(before))} of the teacher’s mistakes when its silver stage ended, and ${percent(last)} at its end`;
  const control = gold?.why.sentences === why.sentences ? repeatedOf(gold.why.points.at(-1)!) : null;
  const beside =
    gold === undefined || control === null || control.of === 0
      ? ''
      : `; ${lower(gold.group.name)}, which never saw them, makes ${percent(control)} of them`;
  return `${on}, ${did}${beside}.`;
}

/** Whether the trusted labels that are looked at are trained on too. */
function isByHeart({ config }: RunGroup, { reference }: PooledWhy): boolean {
  return reference === 'gold' && shapeOf(config).draws.includes('gold');
}

/** Whether two groups had the same data, the same amount of gold among them, and began with the same model. */
function isAlike(a: RunGroup, b: RunGroup): boolean {
  return a.config.goldSize === b.config.goldSize && originKey(a.digests) === originKey(b.digests);
}

const lower = (name: string) => name.slice(0, 1).toLowerCase() + name.slice(1);

/** The end of the stage on silver alone that what is undone is counted from; undefined where there was none. */
function silverEnd({ points }: PooledWhy): PooledWhy['points'][number] | undefined {
  return points[points.findIndex(({ undone }) => undone !== null) - 1];
}

function ofMistakes(group: RunGroup, why: PooledWhy): string[] {
  const [end, before] = [why.points.at(-1)!, silverEnd(why)];
  const [last, where] = [repeatedOf(end), why.reference];
  const both = `The sentences carry the teacher’s labels and those of ${where}.`;
  if (last.of === 0) return [both];
  const loss = (kind: 'gold' | 'silver') =>
    before === undefined ? end.loss[kind].toFixed(2) : `${before.loss[kind].toFixed(2)} → ${end.loss[kind].toFixed(2)}`;
  return [
    `${both} Mistakes repeated${why.seeds === 1 ? '' : `, over ${String(why.seeds)} seeds`}: ${before === undefined ? '' : `${countText(repeatedOf(before))} when the silver stage ended, `}${countText(last)} at the end.`,
    `The loss of ${lower(group.name)} on ${where} labels: ${loss('gold')}; on the teacher’s: ${loss('silver')} (nats a word).`,
    ...(isByHeart(group, why)
      ? [`${group.name} is trained on these labels of gold, so that part of this is learning by heart.`]
      : []),
  ];
}

/** What the stage after silver undid of what silver had taught. */
function ofGold({ points }: PooledWhy): string[] {
  const { undone } = points.at(-1)!;
  if (undone === null) return [];
  const parts = [
    ...(undone.wrong.of === 0 ? [] : [`${shareText(undone.wrong)} of the wrong entities`]),
    ...(undone.right.of === 0 ? [] : [`${shareText(undone.right)} of the right ones`]),
  ];
  return parts.length === 0 ? [] : [`Of what silver had taught, the next stage undid ${parts.join(' and ')}.`];
}

/** Gold only never saw the teacher’s labels: what it gets wrong alike is hard for any student. */
function ofControl(name: string, why: PooledWhy, top: PooledWhy): string[] {
  const repeated = repeatedOf(why.points.at(-1)!);
  if (repeated.of === 0) return [];
  // A run with a short first stage is looked at on fewer of the sentences.
  const which =
    why.sentences === top.sentences ? 'the same mistakes' : `the mistakes on its ${String(why.sentences)} sentences`;
  return [`${name}, which never saw the teacher’s labels, makes ${shareText(repeated)} of ${which}.`];
}

/** `25 % (5 of 20)`: seeds are added up. */
function shareText(part: Part): string {
  return `${percent(part)} (${countText(part)})`;
}

const percent = (part: Part) => `${(100 * (shareOf(part) ?? 0)).toFixed(0)} %`;
const countText = ({ n, of }: Part) => `${String(n)} of ${String(of)}`;

/** Where the difference of the scores is largest and least, by label. */
function ofLabels(group: RunGroup, gold: RunGroup): string[] {
  const [mine, theirs] = [rowOf(group).labels, rowOf(gold).labels];
  const gains = Object.entries(mine)
    .flatMap(([label, { mean }]) => {
      const other = theirs[label]?.mean;
      return other === undefined ? [] : [{ label, gain: mean - other }];
    })
    .sort((a, b) => b.gain - a.gain);
  const [most, least] = [gains[0], gains.at(-1)];
  if (most === undefined || least === undefined || gains.length < 2) return [];
  const on = group.runs[0]?.record.scores.test === undefined ? 'dev' : 'test';
  return [
    `By label on ${on}, the difference to ${lower(gold.name)} is largest for ${most.label} (${inPoints(most.gain)}) and least for ${least.label} (${inPoints(least.gain)}).`,
  ];
}

function stepsOf({ runs }: RunGroup): number {
  return Math.max(...runs.map(({ record }) => record.steps));
}

/** Whether more updates alone may be what helps: by the steps of gold only, or of another way that repeats gold as often. */
function ofSteps(group: RunGroup, gold: RunGroup, alike: readonly RunGroup[]): string[] {
  const steps = stepsOf(group);
  if (stepsOf(gold) === steps)
    return [`${group.name} and ${lower(gold.name)} took as many steps, so that training longer is no explanation.`];
  const control = alike.find((other) => !shapeOf(other.config).draws.includes('silver') && stepsOf(other) === steps);
  const [mine, theirs] = [rowOf(group).f1, control === undefined ? null : rowOf(control).f1];
  if (control === undefined || mine === null || theirs === null) {
    return [
      `${group.name} took ${String(steps)} steps and ${lower(gold.name)} ${String(stepsOf(gold))}, so that training longer may be part of it; equal steps would tell.`,
    ];
  }
  return [
    `${control.name}, which took as many steps on gold alone, differs from ${lower(group.name)} by ${inPoints(theirs.mean - mine.mean)}.`,
  ];
}
