import { AppError, messageOf } from '../core/errors.ts';
import { sentenceOf } from '../core/errorTexts.ts';
import type { CheckId } from '../data/findings/check.ts';
import type { FormatId } from '../data/formats/format.ts';
import { readData } from '../data/formats/read.ts';
import type { Imported, Role } from '../data/types.ts';
import { countsOf, type DatasetCounts } from '../storage/datasets.ts';
import type { DatasetsState } from './datasets.svelte.ts';
import { chosenSentences, type Choices } from './importChecks.ts';

/** The roles a person can choose from, in the order of the work. */
export const roles = ['gold', 'silver', 'unlabelled', 'dev', 'test'] as const satisfies readonly Role[];

/** A file that was dropped and read, and waits for the person to say yes. */
export interface Candidate extends Choices {
  readonly key: number;
  readonly fileName: string;
  readonly name: string;
  readonly role: Role;
  /** As dropped, to be read again as another format; null where it could not be opened. */
  readonly bytes: Uint8Array | null;
  /** Chosen by the person; null = told by content. */
  readonly format: FormatId | null;
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

  change(key: number, change: Partial<Pick<Candidate, 'name' | 'role' | 'labels'>>): void {
    this.candidates = this.candidates.map((c) => (c.key === key ? { ...c, ...change } : c));
  }

  /** Mends what a check finds, or leaves it. */
  setMend(key: number, check: CheckId, isMended: boolean): void {
    this.candidates = this.candidates.map((c) => {
      if (c.key !== key) return c;
      const others = c.mends.filter((id) => id !== check);
      return { ...c, mends: isMended ? [...others, check] : others };
    });
  }

  /** Reads a file again as the given format; null = as its content tells. Name and role stay. */
  readAs(key: number, format: FormatId | null): void {
    this.candidates = this.candidates.map((c) =>
      c.key === key && c.bytes !== null ? { ...c, labels: {}, mends: [], format, read: readAs(c, format) } : c,
    );
  }

  leaveOut(key: number): void {
    this.candidates = this.candidates.filter((c) => c.key !== key);
  }

  clear(): void {
    this.candidates = [];
  }

  /** Adds all that could be read, with labels mapped and mended as chosen. */
  async confirm(datasets: DatasetsState): Promise<{ readonly changed: number; readonly removed: number }> {
    const total = { changed: 0, removed: 0 };
    const added = this.ready.flatMap(({ fileName, name, role, read, labels, mends }) => {
      if (read.kind === 'unreadable') return [];
      const { findings, format } = read.imported;
      const file = { name, role, sentences: read.imported.sentences };
      const { sentences, changed, removed } = chosenSentences(file, datasets.list, { labels, mends });
      total.changed += changed;
      total.removed += removed;
      return [{ name, role, sentences, findings, source: { fileName, format }, notice: '' }];
    });
    await datasets.add(added);
    this.candidates = [];
    return total;
  }

  #read(fileName: string, bytes: Uint8Array | AppError): Candidate {
    const name = fileName.replace(/\.[^.]+$/, '');
    const base = { key: this.#next++, fileName, name, role: roleOfName(fileName), format: null, labels: {}, mends: [] };
    if (bytes instanceof AppError) return { ...base, bytes: null, read: { kind: 'unreadable', ...sentenceOf(bytes) } };
    const read = readAs({ fileName, bytes }, null);
    const isBare = read.kind === 'read' && read.counts.labelled === 0;
    return { ...base, bytes, role: isBare ? 'unlabelled' : base.role, read };
  }
}

function readAs(
  { fileName, bytes }: Pick<Candidate, 'fileName' | 'bytes'>,
  format: FormatId | null,
): Candidate['read'] {
  try {
    const imported = readData(fileName, bytes ?? new Uint8Array(), format ?? undefined);
    return { kind: 'read', imported, counts: countsOf(imported.sentences) };
  } catch (error) {
    return { kind: 'unreadable', ...sentenceOf(error) };
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
