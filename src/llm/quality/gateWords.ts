import { leastProbe, type Gate } from './gate.ts';

const percent = (share: number) => (100 * share).toFixed(1);

/** What the gate says, in sentences that claim no more than was measured. */
export function gateInWords(gate: Gate): string {
  const { verdict, threshold, sentences, unanswered, all } = gate;
  const { value, low, high } = all.f1;
  const measured = `On ${String(sentences)} gold sentences the teacher’s F1 is ${percent(value)} (95 % interval ${percent(low)} to ${percent(high)}).`;
  const silent =
    unanswered.length === 0 ? '' : ` ${String(unanswered.length)} more have no usable answer and are in no score.`;
  const limit = `${percent(threshold)}, the least that you want`;
  switch (verdict) {
    case 'passed':
      return `${measured}${silent} That is above ${limit}, also at the low end.`;
    case 'unsure':
      return `${measured}${silent} That is above ${limit}, but the low end is not: a larger probe would tell.`;
    case 'below':
      return `${measured}${silent} That is below ${limit}: a model trained on these labels learns their mistakes. Mend the prompt, filter by votes, or correct labels first.`;
    case 'too-small':
      return `${measured}${silent} The probe is too small to judge by: it takes ${String(leastProbe.sentences)} sentences with ${String(leastProbe.entities)} entities.`;
  }
}
