import type { Sentence } from './types.ts';

/** Names under which files tell the document of a sentence; readers of CoNLL write the first. */
const names = ['document', 'document_id', 'doc', 'doc_id', 'article', 'speech'] as const;

/** The document that a sentence stands in, null where its metadata does not say. */
export function documentOf({ meta }: Sentence): string | null {
  for (const name of names) if (meta?.[name] !== undefined) return meta[name];
  return null;
}
