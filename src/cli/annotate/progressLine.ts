import type { JobPlan } from '../../llm/job/plan.ts';
import type { JobProgress } from '../../llm/job/types.ts';
import { counted, duration } from '../terminal/text.ts';

/** USD with as many digits as small sums need: `$1.20`, `$0.0034`. */
export function usd(amount: number): string {
  if (amount >= 1 || amount === 0) return `$${amount.toFixed(2)}`;
  return `$${amount.toFixed(amount >= 0.01 ? 3 : 5)}`;
}

/** `412/1000 answered  3 failed  $0.12 of $1.00  2 min left`. */
export function progressLine(progress: JobProgress, budgetUsd: number | null): string {
  const { total, answered, failed, uncertain, spentUsd, uncertainUsd, secondsLeft } = progress;
  const parts = [`${String(answered)}/${String(total)} answered`];
  if (failed > 0) parts.push(`${String(failed)} failed`);
  if (uncertain > 0) parts.push(`${String(uncertain)} without an answer`);
  if (spentUsd !== null) parts.push(`${usd(spentUsd)}${budgetUsd === null ? '' : ` of ${usd(budgetUsd)}`}`);
  if (uncertainUsd !== null && uncertainUsd > 0) parts.push(`perhaps ${usd(uncertainUsd)} more`);
  if (secondsLeft !== null) parts.push(`${duration(secondsLeft)} left`);
  return parts.join('  ');
}

/** What a job would take, in a line; a teacher that needs no network (`isLocal`) takes neither money nor time. */
export function planLine(plan: JobPlan, isLocal: boolean): string {
  const { requests, questions, inputTokens, outputTokens, costUsd, greatestUsd, seconds } = plan;
  const tokens = (n: number) => `${Math.round(n).toLocaleString('en-GB')} tokens`;
  const most = greatestUsd === null ? '' : `, ${usd(greatestUsd)} at most`;
  const cost = costUsd === null ? 'price not known' : `about ${usd(costUsd)}${most}`;
  const asked = requests === questions ? '' : ` of ${counted(questions, 'question')}`;
  const what = `plan: ${counted(requests, 'request')}${asked}`;
  if (isLocal) return `${what}, none of which leaves this machine`;
  return `${what}, about ${tokens(inputTokens)} in and ${tokens(outputTokens)} out, ${cost}, about ${duration(seconds)}`;
}
