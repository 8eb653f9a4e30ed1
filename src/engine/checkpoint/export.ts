import { zipSync, type Zippable } from 'fflate';
import { AppError } from '../../core/errors.ts';
import type { Tensor32 } from '../model/parameters.ts';
import type { TrainedModel } from '../model/trained.ts';
import { encodeBertConfig } from './config.ts';
import type { Checkpoint } from './load.ts';
import { modelCard, type ExportFacts } from './modelCard.ts';
import { writeSafetensors } from './safetensors.ts';

/**
 * A trained model as a Hugging Face folder, file name → bytes: `model.safetensors` (F32, `bert.` names, no pooler),
 * `config.json`, the tokenizer files, the model card `README.md`, and `vermeil.json` with what only Vermeil needs.
 */
export function exportFolder(model: TrainedModel, facts: ExportFacts): Map<string, Uint8Array<ArrayBuffer>> {
  const tensors = new Map<string, Tensor32>();
  for (const [name, weight] of model.weights)
    tensors.set(name.startsWith('classifier.') ? name : `bert.${name}`, weight);
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  const text = (content: string) => new TextEncoder().encode(content);
  files.set('model.safetensors', writeSafetensors(tensors, { format: 'pt' }));
  files.set('config.json', text(encodeBertConfig(model.config, model.tags)));
  for (const [name, content] of Object.entries(model.tokenizerFiles)) files.set(name, text(content));
  files.set('README.md', text(modelCard(model, facts)));
  files.set('vermeil.json', text(vermeilJson(model, facts)));
  return files;
}

/** The piece limit and the run without its curves. */
function vermeilJson({ maxPieces }: TrainedModel, { record, checkpointName, sentences }: ExportFacts): string {
  const run = Object.fromEntries(Object.entries(record).filter(([part]) => part !== 'curve' && part !== 'dev'));
  return `${JSON.stringify({ version: 1, maxPieces, checkpointName, sentences, run }, null, 2)}\n`;
}

/**
 * The folder as a zip, files at its root. The weights are stored as they are: float32 hardly shrinks, and packing 90 MB
 * takes seconds. Every entry carries the same date, so that a model always gives the same bytes.
 */
export function zipFolder(files: ReadonlyMap<string, Uint8Array>): Uint8Array<ArrayBuffer> {
  const entries: Zippable = {};
  for (const [name, bytes] of files) {
    entries[name] = [bytes, { level: name.endsWith('.safetensors') ? 0 : 6, mtime: '1980-01-02' }];
  }
  return zipSync(entries);
}

/** The model in a folder that `exportFolder` or transformers wrote. Throws `checkpoint-invalid` where it has no tags. */
export function modelFromCheckpoint(checkpoint: Checkpoint, maxPieces = 128): TrainedModel {
  const { config, tags, weights, tokenizerFiles } = checkpoint;
  if (tags === null) {
    const reason = 'it has no classifier whose labels are O, B-… and I-…';
    throw new AppError('checkpoint-invalid', reason, { file: 'config.json', reason });
  }
  const limit = Math.min(checkpoint.maxPieces ?? maxPieces, config.positions);
  return { config, tags, weights, tokenizerFiles, maxPieces: limit };
}
