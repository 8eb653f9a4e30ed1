import type { StoredJob } from '../../../state/annotateJobs.svelte.ts';
import type { JobSummary } from '../../../state/annotateResult.ts';
import { count, counted } from '../../format.ts';

/** How a job ended, in a sentence. */
export function endedLine({ status }: StoredJob, { answered, total }: JobSummary, isElsewhere: boolean): string {
  const so = `${count(answered)} of ${counted(total, 'request')} ${answered === 1 ? 'is' : 'are'} answered.`;
  if (isElsewhere) return `This job goes on in another tab or window. ${so}`;
  switch (status) {
    case 'running':
    case 'paused':
      return `This job was cut short when the page was closed or reloaded. ${so} No answer that came is lost.`;
    case 'stopped':
      return `You stopped this job. ${so}`;
    case 'budget':
      return `The next request could have gone over the budget, so the job stopped. ${so}`;
    case 'halted':
      return `The job stopped, because every further request would have failed alike. ${so}`;
    case 'by-files':
      return `Asked by files: ${so} Bring answers under step 2, “By files”.`;
    case 'finished':
      return answered === total ? `Done: ${so}` : `Done as far as it goes: ${so}`;
  }
}
