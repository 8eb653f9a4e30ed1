import { strToU8, zipSync } from 'fflate';
import { formats } from '../data/formats/formats.ts';
import type { FormatId } from '../data/formats/format.ts';
import { lossesOfWriting } from '../data/formats/losses.ts';
import { writeData } from '../data/formats/write.ts';
import type { Finding } from '../data/types.ts';
import type { HeldDataset } from './datasets.svelte.ts';

/** What a format would lose of a dataset. */
export interface Losses {
  readonly name: string;
  readonly findings: readonly Finding[];
  /** Sentences without labels, where the format cannot say so: they have to stay behind. */
  readonly leftBehind: number;
}

export function lossesOf(datasets: readonly HeldDataset[], format: FormatId): readonly Losses[] {
  const keepsUnlabelled = formats[format].write?.keeps.unlabelled ?? true;
  return datasets.map(({ name, counts, ...dataset }) => ({
    name,
    findings: lossesOfWriting(format, dataset.sentences).filter(({ code }) => code !== 'not-labelled'),
    leftBehind: keepsUnlabelled ? 0 : counts.sentences - counts.labelled,
  }));
}

/** A name that every system takes for a file. */
export function fileStem(name: string): string {
  return name.replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^[-.]+|-+$/g, '') || 'dataset';
}

/** One dataset as a file of a format, several as a zip of such files. Sentences that the format cannot hold stay behind. */
export function downloadOf(
  datasets: readonly HeldDataset[],
  format: FormatId,
): { readonly fileName: string; readonly content: string | Uint8Array<ArrayBuffer>; readonly type: string } {
  const keepsUnlabelled = formats[format].write?.keeps.unlabelled ?? true;
  const files = new Map<string, string>();
  for (const { name, sentences } of datasets) {
    const kept = keepsUnlabelled ? sentences : sentences.filter(({ spans }) => spans !== null);
    files.set(freeName(files, fileStem(name), formats[format].extensions[0]), writeData(format, kept));
  }
  const [only] = files;
  if (only !== undefined && files.size === 1) return { fileName: only[0], content: only[1], type: 'text/plain' };
  const entries = Object.fromEntries([...files].map(([name, text]) => [name, strToU8(text)]));
  return { fileName: 'datasets.zip', content: zipSync(entries), type: 'application/zip' };
}

function freeName(taken: ReadonlyMap<string, unknown>, stem: string, extension: string): string {
  let name = `${stem}${extension}`;
  for (let n = 2; taken.has(name); n++) name = `${stem}-${String(n)}${extension}`;
  return name;
}
