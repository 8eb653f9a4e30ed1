import { inPoints, intervalInWords } from '../../eval/compare/words.ts';
import type { TeacherComparison } from './compareTeachers.ts';
import { leastProbe } from './gate.ts';

/** The p below which a difference is taken to be more than chance. */
const level = 0.05;

/** What the paired test says of teacher `b` against teacher `a`, in a sentence that claims no more than it carries. */
export function teachersInWords(
  { sentences, difference, interval, p }: TeacherComparison,
  a: string,
  b: string,
): string {
  if (sentences === 0)
    return `“${a}” and “${b}” have answered no gold sentence in common, so that they cannot be compared.`;
  if (sentences < leastProbe.sentences)
    return `“${a}” and “${b}” have only ${String(sentences)} gold sentence${sentences === 1 ? '' : 's'} in common, too few to compare them by: it takes ${String(leastProbe.sentences)}.`;
  const on = `On ${String(sentences)} gold sentences`;
  const numbers = `${inPoints(difference)} of F1, 95 % interval ${intervalInWords(interval)}, p = ${p < 0.001 ? '< 0.001' : p.toFixed(3)}`;
  const claim = difference < 0 ? 'worse' : 'better';
  if (p < level) return `${on}, “${b}” is ${claim} than “${a}”: ${numbers.replace('= <', '<')}.`;
  return `${on} there is no evidence that “${b}” is ${claim} than “${a}”: ${numbers}.`;
}
