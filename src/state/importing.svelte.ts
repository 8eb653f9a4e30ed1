import { AppError, messageOf } from '../core/errors.ts';
import { sentenceOf } from '../core/errorTexts.ts';
import { readData } from '../data/formats/read.ts';
import type { Imported, Role } from '../data/types.ts';
import { countsOf, type DatasetCounts } from '../storage/datasets.ts';
import type { DatasetsState } from './datasets.svelte.ts';

/** The roles a person can choose from, in the order of the work. */
export const roles = ['gold', 'silver', 'unlabelled', 'dev', 'test'] as const satisfies readonly Role[];

/** A file that was dropped and read, and waits for the person to say yes. */
export interface Candidate {
  readonly key: number;
  readonly fileName: string;
  readonly name: string;
  readonly role: Role;
  readonly read:
    | { readonly kind: 'read'; readonly imported: Imported; readonly counts: DatasetCounts }
    | { readonly kind: 'unreadable'; readonly what: string; readonly next: string };
}

/** Files on their way in: read at once, added only when the person has seen what was found in them. */
export class ImportingState {
  candidates: readonly Candidate[] = $state.raw([]);
  readonly ready: readonly Candidate[] = $derived(this.candidates.filter((c) => c.read.kind === 'read'));

  #next = 1;

  async take(files: readonly File[]): Promise<void> {
    const read = await Promise.all(files.map(async (file) => this.#read(file.name, await bytesOf(file))));
    this.candidates = [...this.candidates, ...read];
  }

  change(key: number, change: Partial<Pick<Candidate, 'name' | 'role'>>): void {
    this.candidates = this.candidates.map((c) => (c.key === key ? { ...c, ...change } : c));
  }

  leaveOut(key: number): void {
    this.candidates = this.candidates.filter((c) => c.key !== key);
  }

  clear(): void {
    this.candidates = [];
  }

  /** Adds all that could be read. */
  async confirm(datasets: DatasetsState): Promise<void> {
    const chosen = this.ready;
    await datasets.add(
      chosen.flatMap(({ fileName, name, role, read }) => {
        if (read.kind === 'unreadable') return [];
        const { sentences, findings, format } = read.imported;
        return [{ name, role, sentences, findings, source: { fileName, format }, notice: '' }];
      }),
    );
    this.candidates = [];
  }

  #read(fileName: string, bytes: Uint8Array | AppError): Candidate {
    const name = fileName.replace(/\.[^.]+$/, '');
    const base = { key: this.#next++, fileName, name, role: roleOfName(fileName) };
    try {
      if (bytes instanceof AppError) throw bytes;
      const imported = readData(fileName, bytes);
      const counts = countsOf(imported.sentences);
      const role = counts.labelled === 0 ? 'unlabelled' : base.role;
      return { ...base, role, read: { kind: 'read', imported, counts } };
    } catch (error) {
      return { ...base, read: { kind: 'unreadable', ...sentenceOf(error) } };
    }
  }
}

async function bytesOf(file: File): Promise<Uint8Array | AppError> {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch (error) {
    // A folder, a file that was moved since, or one that may not be read; browsers say it in their own words.
    return new AppError('file-unreadable', messageOf(error), { file: file.name, reason: 'it may be a folder' });
  }
}

/** What a file's name says about its role; gold where it says nothing. The person has the last word. */
export function roleOfName(fileName: string): Role {
  const name = fileName.toLowerCase();
  if (/silver|teacher|llm|predicted/.test(name)) return 'silver';
  if (/(^|[^a-z])(dev|valid|validation|val|testa)([^a-z]|$)/.test(name)) return 'dev';
  if (/(^|[^a-z])(test|testb|eval)([^a-z]|$)/.test(name)) return 'test';
  return 'gold';
}
