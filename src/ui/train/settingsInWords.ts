import { type RunConfig } from '../../run/config.ts';
import { passesOf, regimens } from '../../run/regimens.ts';
import { count, counted, small } from '../format.ts';

/** The settings of a run in a line: what it draws, for how long, at which rate. */
export function settingsInWords(config: RunConfig, sizes: { readonly silver: number; readonly gold: number }): string {
  const { needs } = regimens[config.regimen];
  const passes = passesOf(config);
  const sources = needs.map((source) => {
    const times = config.steps === null ? ` × ${String(passes[source])}` : '';
    return `${source} ${count(sizes[source])}${times}`;
  });
  return [
    sources.join(', '),
    config.steps === null ? '' : `${count(config.steps)} steps`,
    config.layers === 0 ? 'all layers' : counted(config.layers, 'layer'),
    `learning rate ${small(config.learningRate)}`,
    `batch ${String(config.batchSize)}`,
  ]
    .filter((part) => part !== '')
    .join(' · ');
}
