import { basename, extname } from 'node:path';
import { AppError } from '../../core/errors.ts';
import { sha256Hex } from '../../core/hash.ts';
import { appVersion } from '../../core/version.ts';
import { datasetFiles, datasetOf, type BundledDataset } from '../../data/bundle/datasetPart.ts';
import { filesInZip } from '../../data/bundle/files.ts';
import { openBundle } from '../../data/bundle/read.ts';
import { writeBundle } from '../../data/bundle/write.ts';
import type { Sentence } from '../../data/types.ts';
import { usageError } from '../usage.ts';

/** SHA-256, as bundles want it. */
export const digest = (bytes: Uint8Array) => Promise.resolve(sha256Hex(bytes));

/** The datasets of a project bundle; runs and models in it are passed over. */
export interface ReadBundle {
  readonly datasets: readonly BundledDataset[];
  /** One sentence for each part that cannot be read. */
  readonly problems: readonly string[];
}

/** Reads a bundle as the app writes it; null where the file is none. */
export async function readBundle(bytes: Uint8Array): Promise<ReadBundle | null> {
  const files = await filesInZip(new Blob([new Uint8Array(bytes)]));
  const bundle = files === null ? null : await openBundle(files, digest);
  if (bundle === null) return null;
  const datasets: BundledDataset[] = [];
  const problems = [...bundle.problems];
  for (const part of bundle.manifest.parts.filter(({ kind }) => kind === 'dataset')) {
    try {
      datasets.push(datasetOf(part, await bundle.read(part)));
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      problems.push(error.message);
    }
  }
  return { datasets, problems };
}

/** The dataset of that name, or the only one. Throws `usage` where the name does not tell one, naming those there are. */
export function datasetNamed(path: string, datasets: readonly BundledDataset[], name: string | null): BundledDataset {
  const found = name === null ? datasets : datasets.filter((dataset) => dataset.name === name);
  if (found.length === 1) return found[0]!;
  const names = datasets.map((dataset) => `“${dataset.name}”`).join(', ') || 'none';
  throw usageError(
    name === null ? `${path} holds several datasets, or none.` : `${path} holds no dataset of that name, or several.`,
    `Name one with --dataset: ${names}.`,
  );
}

/** A bundle of one dataset, named after the file that it came from. */
export async function bundleOf(path: string, format: string, sentences: readonly Sentence[]): Promise<Uint8Array> {
  const fileName = basename(path);
  const name = basename(path, extname(path));
  const role = sentences.some(({ spans }) => spans !== null) ? 'gold' : 'unlabelled';
  const about = { name, role, findings: [], source: { fileName, format }, notice: '', createdMs: Date.now() } as const;
  const chunks: Uint8Array[] = [];
  await writeBundle(
    { appVersion, projectName: name, createdMs: about.createdMs },
    [
      {
        kind: 'dataset',
        id: sha256Hex(name).slice(0, 20),
        name,
        files: () => Promise.resolve(datasetFiles({ ...about, sentences })),
      },
    ],
    { chunk: (bytes) => chunks.push(bytes), digest },
  );
  return Buffer.concat(chunks);
}
