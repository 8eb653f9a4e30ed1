import type { Statuses } from '../llm/groundAnswers.ts';

/** Statuses with their counts in one line; those that did not happen are left out. */
export function statusWords(statuses: Statuses): string {
  const happened = Object.entries(statuses).filter(([, count]) => count > 0);
  return happened.map(([status, count]) => `${status} ${String(count)}`).join(', ') || 'nothing to ground';
}
