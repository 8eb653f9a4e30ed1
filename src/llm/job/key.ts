import { digestJson } from '../../core/hash.ts';
import { baseOf } from '../providers/endpoint.ts';
import type { Question } from '../providers/provider.ts';
import type { JobSpec } from './types.ts';

/**
 * SHA-256 in hex that names a request: what is sent to whom, and for the how-manieth time. The same request of another job
 * has the same key, so that its answer is taken from the store.
 */
export function keyOf({ provider, settings }: Pick<JobSpec, 'provider' | 'settings'>, question: Question): string {
  const { sentenceId, sample, prompt } = question;
  const { system, user, structured } = prompt;
  // What has no network answers by the sentence's name, and not by its text.
  const isLocal = provider === 'recorded' || provider === 'simulated';
  // A base address with and without a slash at its end is the same; local providers have none.
  const endpoint = settings.endpoint === '' ? '' : baseOf(settings.endpoint);
  return digestJson({
    provider,
    settings: { ...settings, endpoint },
    prompt: { system, user, structured: settings.structured ? structured : null },
    sample,
    ...(isLocal && { sentenceId }),
  });
}
