import { sentenceOf } from '../core/errorTexts.ts';
import type { CheckId } from '../data/findings/check.ts';
import type { FormatId, ReadOptions } from '../data/formats/format.ts';
import type { LabelMap } from '../data/sets/mapLabels.ts';
import type { Role } from '../data/types.ts';
import type { Checked, FoundGroup, ImportPart, Reading, Staged } from '../worker/importProtocol.ts';
import type { DatasetsState } from './datasets.svelte.ts';
import { unzipped, type Incoming } from './incoming.ts';
import { roleOfName } from './roleOfName.ts';
import type { Services } from './services.ts';

/** The roles a person can choose from, in the order of the work. */
export const roles = ['gold', 'silver', 'unlabelled', 'dev', 'test'] as const satisfies readonly Role[];

/** A file that was dropped, is read, and waits for the person to say yes. */
export interface Candidate extends Incoming {
  readonly key: number;
  readonly title: string;
  readonly role: Role;
  /** Chosen by the person; null = told by content. */
  readonly format: FormatId | null;
  readonly options: ReadOptions;
  readonly labels: LabelMap;
  /** Checks whose findings are mended by their rule; all others are left as they are. */
  readonly mends: readonly CheckId[];
  readonly groups: readonly FoundGroup[];
  readonly read:
    | { readonly kind: 'waiting' }
    | { readonly kind: 'reading'; readonly reading: Reading }
    | { readonly kind: 'read'; readonly staged: Staged }
    | { readonly kind: 'unreadable'; readonly what: string; readonly next: string };
}

export type { Staged };

type Change = Partial<Omit<Candidate, keyof Incoming | 'key'>>;

/** Files on their way in: read by a worker of their own, added only when the person has seen what was found in them. */
export class ImportingState {
  candidates: readonly Candidate[] = $state.raw([]);
  /** Sentences of training data that are in the dev and test files too. */
  leaks: Checked['leaks'] = $state.raw([]);
  /** Why the checks could not be made. */
  problem: string | null = $state(null);
  checking = $state(false);
  adding = $state(false);
  readonly ready: readonly Candidate[] = $derived(this.candidates.filter((c) => c.read.kind === 'read'));
  readonly reading: boolean = $derived(
    this.candidates.some(({ read }) => read.kind === 'waiting' || read.kind === 'reading'),
  );

  #next = 1;
  /** Files are read one after another. */
  #last: Promise<void> = Promise.resolve();
  #stop: { readonly key: number; stop(): void } | null = null;
  #checksAsked = 0;
  readonly #services: Pick<Services, 'imports' | 'newId'>;

  constructor(services: Pick<Services, 'imports' | 'newId'>) {
    this.#services = services;
  }

  /** Reads files, and those of zips; resolves when all are read. */
  async take(files: readonly Incoming[]): Promise<void> {
    const taken = (await Promise.all(files.map((file) => unzipped(this.#services.imports, file)))).flat();
    const added = taken.map(({ problem, ...file }): Candidate => {
      const read = problem === null ? ({ kind: 'waiting' } as const) : ({ kind: 'unreadable', ...problem } as const);
      const title = file.name.replace(/^.*\//, '').replace(/(?!^)\.[^.]+$/, '');
      const chosen = { format: null, options: {}, labels: {}, mends: [], groups: [] };
      return { ...file, key: this.#next++, title, role: roleOfName(file.name), ...chosen, read };
    });
    this.candidates = [...this.candidates, ...added];
    await Promise.all(added.filter(({ read }) => read.kind === 'waiting').map(({ key }) => this.#queue(key)));
  }

  /** Changes what is said about a file; what depends on it is looked at again. */
  async change(key: number, change: Pick<Change, 'title' | 'role' | 'labels' | 'mends'>): Promise<void> {
    this.#put(key, change);
    if (change.role !== undefined || change.labels !== undefined) await this.#check();
  }

  /** Mends what a check finds, or leaves it. */
  async setMend(key: number, check: CheckId, isMended: boolean): Promise<void> {
    const others = (this.#find(key)?.mends ?? []).filter((id) => id !== check);
    await this.change(key, { mends: isMended ? [...others, check] : others });
  }

  /** Reads a file again, as another format (null = as its content tells) or with other options. Name and role stay. */
  async readAgain(key: number, format: FormatId | null, options: ReadOptions): Promise<void> {
    const before = this.#find(key);
    this.#put(key, { format, options, labels: {}, mends: [], groups: [], read: { kind: 'waiting' } });
    if (before !== undefined) await this.#discard([before]);
    await this.#queue(key);
  }

  async leaveOut(...keys: readonly number[]): Promise<void> {
    const gone = this.candidates.filter(({ key }) => keys.includes(key));
    this.candidates = this.candidates.filter(({ key }) => !keys.includes(key));
    if (this.#stop !== null && keys.includes(this.#stop.key)) this.#stop.stop();
    await this.#discard(gone);
    await this.#check();
  }

  /** Adds all that could be read, with labels mapped and mended as chosen: all of them, or none. Gives how many. */
  async confirm(datasets: DatasetsState): Promise<number> {
    const chosen = this.ready;
    const here = this.candidates.map(({ key }) => key); // others may come while these are added
    this.adding = true;
    try {
      const parts = chosen.flatMap((candidate, i): ImportPart[] => {
        const part = partOf(candidate);
        if (part === null) return [];
        const { name: fileName, mends } = candidate;
        const createdMs = datasets.nextMs + i; // apart, since storage lists them by age
        return [{ ...part, changedId: this.#services.newId(), fileName, mends, createdMs }];
      });
      await datasets.adopt(await this.#services.imports.confirm(parts));
      this.candidates = this.candidates.filter(({ key }) => !here.includes(key));
      void this.#check();
      return parts.length;
    } finally {
      this.adding = false;
    }
  }

  #find(key: number): Candidate | undefined {
    return this.candidates.find((candidate) => candidate.key === key);
  }

  #put(key: number, change: Change): void {
    this.candidates = this.candidates.map((c) => (c.key === key ? { ...c, ...change } : c));
  }

  #queue(key: number): Promise<void> {
    this.#last = this.#last.then(() => this.#read(key));
    return this.#last;
  }

  async #read(key: number): Promise<void> {
    const candidate = this.#find(key);
    if (candidate?.read.kind !== 'waiting') return; // left out, or read by a later choice
    const { file, name: fileName, format, options } = candidate;
    const id = this.#services.newId();
    const { stop, done } = this.#services.imports.read({ id, file, fileName, format, options }, (reading) => {
      this.#put(key, { read: { kind: 'reading', reading } });
    });
    this.#stop = { key, stop };
    try {
      const staged = await done;
      const bare = staged.counts.labelled === 0 && candidate.format === null ? { role: 'unlabelled' as const } : {};
      if (this.#find(key) === undefined) await this.#services.imports.discard([id]);
      this.#put(key, { ...bare, read: { kind: 'read', staged } });
    } catch (error) {
      this.#put(key, { read: { kind: 'unreadable', ...sentenceOf(error) } });
    }
    this.#stop = null;
    // Once for all files of a folder: each look reads all of them again.
    if (!this.reading) await this.#check();
  }

  async #discard(candidates: readonly Candidate[]): Promise<void> {
    const ids = candidates.flatMap(({ read }) => (read.kind === 'read' ? [read.staged.id] : []));
    // What cannot be dropped now is swept at the next start.
    if (ids.length > 0) await this.#services.imports.discard(ids).catch(() => undefined);
  }

  /** Looks at all files together; while it does, later changes wait for one more look. */
  async #check(): Promise<void> {
    this.#checksAsked++;
    if (this.checking) return;
    this.checking = true;
    for (let asked = 0; asked !== this.#checksAsked;) {
      asked = this.#checksAsked;
      const looked = this.ready;
      try {
        const parts = looked.flatMap((c) => partOf(c) ?? []);
        const { groups, leaks } = parts.length === 0 ? nothing : await this.#services.imports.check(parts);
        looked.forEach(({ key }, i) => {
          this.#put(key, { groups: groups[i] ?? [] });
        });
        [this.leaks, this.problem] = [leaks, null];
      } catch (error) {
        if (asked === this.#checksAsked) this.problem = sentenceOf(error).what;
      }
    }
    this.checking = false;
  }
}

const nothing: Checked = { groups: [], leaks: [] };

function partOf({ title, role, labels, read }: Candidate) {
  return read.kind === 'read' ? { id: read.staged.id, name: title, role, map: labels } : null;
}
