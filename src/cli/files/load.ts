import { basename, join, resolve } from 'node:path';
import { AppError } from '../../core/errors.ts';
import { loadCheckpoint, type Checkpoint } from '../../engine/checkpoint/load.ts';
import type { CheckpointSource } from '../../engine/checkpoint/sources.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { folderSource } from './checkpointFolder.ts';
import { exists } from './files.ts';
import { shippedCheckpoint } from './package.ts';

/** Reads and checks a checkpoint, telling how far it is. */
export async function loadFrom(
  source: CheckpointSource,
  layers: number,
  terminal: Terminal,
  signal?: AbortSignal,
): Promise<Checkpoint> {
  const checkpoint = await loadCheckpoint(source, {
    layers,
    onProgress: (what, done, total) => {
      if (total > 1e6)
        terminal.progress(`reading ${what}: ${(done / 1e6).toFixed(0)} of ${(total / 1e6).toFixed(0)} MB`);
    },
    ...(signal === undefined ? {} : { signal }),
  });
  terminal.endProgress();
  return checkpoint;
}

/** The checkpoint that a run begins with: a folder, or the shipped one where none is named. */
export async function loadStart(folder: string | null, layers: number, terminal: Terminal, signal?: AbortSignal) {
  const path = folder ?? shippedCheckpoint;
  if ((await exists(path)) && !(await exists(join(path, 'config.json')))) {
    const reason = 'it is not the folder of a model, which has a config.json';
    const next = 'Name a folder of a BERT as Hugging Face has it, or leave out --checkpoint.';
    throw new AppError('file-unreadable', reason, { file: path, reason, next });
  }
  const checkpoint = await loadFrom(await folderSource(path), layers, terminal, signal);
  return { checkpoint, name: basename(resolve(path)) };
}
