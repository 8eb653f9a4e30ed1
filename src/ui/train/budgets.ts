import type { BudgetId } from '../../run/experiment/experiment.ts';

/** What is held equal between the runs of an experiment, for a person. */
export const budgets: Readonly<Record<BudgetId, { readonly name: string; readonly what: string }>> = {
  free: { name: 'Nothing', what: 'Each way has its own passes and steps.' },
  'equal-steps': { name: 'Steps', what: 'All runs have as many updates as the longest.' },
  'equal-epochs': { name: 'Passes', what: 'Each source is passed as often wherever it is used.' },
};
