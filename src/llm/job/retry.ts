import type { TeacherErrorCode } from '../../core/errors.ts';
import { mayPass } from '../providers/diagnose.ts';
import type { TeacherFailure } from '../providers/provider.ts';

/** What a failure means for the job. */
interface Policy {
  /** Whether another try of the same request may go better. */
  readonly again: boolean;
  /** Whether, once the tries are used up, every further request would fail alike. */
  readonly halts: boolean;
  /** Whether all requests have to wait, not this one alone. */
  readonly holdsAll: boolean;
}

const tryAgain: Policy = { again: true, halts: false, holdsAll: false };
const everyoneWaits: Policy = { again: true, halts: true, holdsAll: true };
const halt: Policy = { again: false, halts: true, holdsAll: false };
const thisOneOnly: Policy = { again: false, halts: false, holdsAll: false };

const policies: Readonly<Record<TeacherErrorCode, Policy>> = {
  'teacher-key': halt,
  'teacher-forbidden': halt,
  'teacher-quota': halt,
  'teacher-rate': everyoneWaits,
  'teacher-busy': everyoneWaits,
  'teacher-server': tryAgain,
  'teacher-not-found': halt,
  'teacher-parameter': halt,
  'teacher-request': thisOneOnly,
  'teacher-timeout': tryAgain,
  'teacher-cut': tryAgain,
  'teacher-unreachable': everyoneWaits,
  'teacher-unreadable': thisOneOnly,
  'teacher-silent': thisOneOnly,
};

export function policyOf({ code, detail }: TeacherFailure): Policy {
  return code === 'teacher-unreachable' && !mayPass(String(detail['cause'])) ? halt : policies[code];
}

/** After so many questions in a row that failed for good, the next would most likely fail too. */
export const failuresInARow = 5;

/** A provider that wants a longer pause than this is not waited for: the job ends, to go on later. */
export const longestWaitMs = 5 * 60_000;

/** Milliseconds before the try after `attempt` (from 1): as the provider wishes, else doubling from `first`, ± 25 % by `random` in [0, 1). */
export function waitMs({ retryAfterMs }: TeacherFailure, attempt: number, first: number, random: number): number {
  if (retryAfterMs !== null) return retryAfterMs;
  return Math.min(60_000, first * 2 ** (attempt - 1)) * (0.75 + random / 2);
}
