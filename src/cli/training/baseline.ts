import type { RunConfig } from '../../run/config.ts';
import { groupKey, runSlug } from '../../run/experiment/variant.ts';
import type { Args } from '../args.ts';
import type { Option } from '../command.ts';
import { suggestion, usageError } from '../usage.ts';

export const baselineOptionHelp: Option = {
  name: 'baseline',
  value: 'R',
  text: 'What the others are held against: a regimen, or the name of a run’s folder without its seed, such as blend-power.',
  fallback: 'gold-only where it was trained, else the first',
};

/** The group that `--baseline` names, by its key. Throws `usage` where there is none of that name. */
export function baselineOption(args: Args, configs: readonly RunConfig[]): { readonly baseline?: string } {
  const name = args.text('baseline');
  if (name === null) return {};
  const names = configs.map((config) => runSlug(config).replace(/-seed-\d+$/, ''));
  const at = names.indexOf(name);
  const config = configs[at < 0 ? configs.findIndex(({ regimen }) => regimen === name) : at];
  if (config !== undefined) return { baseline: groupKey(config) };
  const known = [...new Set(names)];
  throw usageError(
    `--baseline ${name}: no run is called so.`,
    suggestion(name, known, `There are ${known.join(', ')}.`),
  );
}
