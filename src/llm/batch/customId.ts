import { sha256Hex } from '../../core/hash.ts';

/** What Anthropic's Message Batches take as `custom_id`, less the place for the number of a sample; OpenAI takes more. */
const plainId = /^[A-Za-z0-9_-]{1,56}$/;

/** The id of a sentence within a `custom_id`: as it is, or the beginning of its SHA-256 where the forms do not take it. */
export function batchIdOf(id: string): string {
  return plainId.test(id) ? id : `sha-${sha256Hex(id).slice(0, 32)}`;
}

/** Names one request of a batch file. `sample` counts from 0 to 99. */
export function customIdOf(id: string, sample: number): string {
  return `${batchIdOf(id)}--${String(sample)}`;
}

/** The sentence's `batchIdOf` and the sample that a `custom_id` names; one of another making is taken for sample 0. */
export function readCustomId(customId: string): { readonly id: string; readonly sample: number } {
  const found = /^(.+)--(\d{1,2})$/.exec(customId);
  return found === null ? { id: customId, sample: 0 } : { id: found[1]!, sample: Number(found[2]) };
}
