import type { ExportFacts } from '../engine/checkpoint/modelCard.ts';
import type { RunRecord } from '../run/events.ts';
import { regimens } from '../run/regimens.ts';
import type { TrainRequest } from './protocol.ts';

/** What a model's card tells of the run that trained it. */
export function exportFacts({ data, checkpointUrl, config, notice }: TrainRequest, record: RunRecord): ExportFacts {
  const { needs } = regimens[config.regimen];
  const used = (source: 'silver' | 'gold') => (needs.includes(source) ? data[source].length : 0);
  return {
    record,
    checkpointName: checkpointUrl.split('/').at(-2) ?? checkpointUrl,
    sentences: { silver: used('silver'), gold: used('gold'), dev: data.dev.length, test: data.test.length },
    notice: notice === '' ? null : notice,
  };
}
