import * as v from 'valibot';
import { checks } from '../data/findings/checks.ts';
import type { CheckId } from '../data/findings/check.ts';
import { findingCodes } from '../data/types.ts';
import { noFilter, sorts, type Filter } from './browse.ts';

const flag = v.optional(
  v.pipe(
    v.string(),
    v.transform((text) => text === '1'),
  ),
  '',
);

/** A filter as an address holds it; what is unknown there counts as not asked for. */
const decoder = v.object({
  search: v.fallback(v.string(), ''),
  label: v.fallback(v.string(), ''),
  author: v.fallback(v.picklist(['person', 'teacher', 'model', '']), ''),
  check: v.fallback(v.picklist([...(Object.keys(checks) as CheckId[]), ...findingCodes, '']), ''),
  labelled: v.fallback(v.picklist(['yes', 'no', '']), ''),
  differing: flag,
  unsure: flag,
  sort: v.fallback(v.picklist(sorts), 'file'),
});

export function filterOf(query: string): Filter {
  return v.parse(decoder, Object.fromEntries(new URLSearchParams(query)));
}

/** The id of the sentence that an address opens; '' for none. */
export function sentenceIn(query: string): string {
  return new URLSearchParams(query).get('sentence') ?? '';
}

/** Only what departs from no filter, so that the address of everything is the short one. */
export function queryOf(filter: Filter, sentenceId = ''): string {
  const said = new URLSearchParams();
  for (const [name, value] of Object.entries(filter)) {
    if (value !== noFilter[name as keyof Filter]) said.set(name, value === true ? '1' : String(value));
  }
  if (sentenceId !== '') said.set('sentence', sentenceId);
  return said.toString();
}
