import { leastProbe, type Gate } from './gate.ts';

const places = (share: number) => share.toFixed(3);

/** A label with fewer entities in gold is not named by itself. */
const leastOfLabel = 10;

/** What the gate says, in sentences that claim no more than was measured. */
export function gateInWords(gate: Gate): string {
  const { verdict, threshold, sentences, unanswered, all } = gate;
  const { value, low, high } = all.f1;
  const measured = `On ${String(sentences)} gold ${sentences === 1 ? 'sentence' : 'sentences'} the teacher’s F1 is ${places(value)} (95 % interval ${places(low)} to ${places(high)}).`;
  const silent =
    unanswered.length === 0
      ? ''
      : ` ${String(unanswered.length)} more without usable labels ${unanswered.length === 1 ? 'is' : 'are'} in no score.`;
  const weak = Object.entries(gate.labels).filter(([, { f1, gold }]) => gold >= leastOfLabel && f1.value < threshold);
  const weakest = weak.map(([label, { f1 }]) => `${label} (${places(f1.value)})`).join(', ');
  const but = weak.length === 0 ? '' : ` Below it by itself: ${weakest}.`;
  const limit = `${String(Number(threshold.toFixed(3)))}, the least that you want`;
  switch (verdict) {
    case 'passed':
      return `${measured}${silent} That is above ${limit}, also at the low end.${but}`;
    case 'unsure':
      return `${measured}${silent} That is above ${limit}, but the low end is not: more gold sentences would tell.${but}`;
    case 'below':
      return `${measured}${silent} That is below ${limit}: a model trained on these labels learns their mistakes. Mend the prompt, filter by votes, or correct labels first.${but}`;
    case 'too-small':
      return `Too little gold to judge by: it takes ${String(leastProbe.sentences)} sentences with ${String(leastProbe.entities)} entities. ${measured}${silent}`;
  }
}
