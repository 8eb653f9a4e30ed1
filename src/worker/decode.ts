import type { ToWorker } from './protocol.ts';

const kinds: Readonly<Record<ToWorker['kind'], true>> = {
  setup: true,
  diagnose: true,
  train: true,
  predict: true,
  export: true,
  digest: true,
  'keep-checkpoint': true,
  annotate: true,
  'list-models': true,
  embed: true,
  import: true,
  compare: true,
  control: true,
};

/**
 * The one place where a message becomes a request; null for anything else. The page is our own code, compiled with the same
 * types, so that only stray messages (of extensions, of tools) have to be told apart.
 */
export function decodeMessage(data: unknown): ToWorker | null {
  if (typeof data !== 'object' || data === null || !('kind' in data)) return null;
  const { kind } = data;
  return typeof kind === 'string' && Object.hasOwn(kinds, kind) ? (data as ToWorker) : null;
}
