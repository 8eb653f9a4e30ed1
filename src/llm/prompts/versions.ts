import { digestJson } from '../../core/hash.ts';
import type { PromptBlocks, PromptTemplate } from './template.ts';

/** A template with its hash; blocks are kept as given. */
export function templateOf(fields: Omit<PromptTemplate, 'hash'>): PromptTemplate {
  return { ...fields, hash: digestJson(fields.blocks) };
}

/** The next version of a template; the same one where nothing differs. */
export function edited(template: PromptTemplate, blocks: PromptBlocks): PromptTemplate {
  const next = templateOf({ ...template, version: template.version + 1, blocks });
  return next.hash === template.hash ? template : next;
}

/** A template of one's own to edit, with the words of another. */
export function copied(template: PromptTemplate, id: string, name: string): PromptTemplate {
  return templateOf({ id, name, version: 1, blocks: template.blocks });
}
