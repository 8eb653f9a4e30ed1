import { AppError } from '../core/errors.ts';
import type { Part, Surroundings } from '../data/findings/check.ts';
import { checks, mend, type Mended } from '../data/findings/checks.ts';
import { mapLabels } from '../data/sets/mapLabels.ts';
import type { Finding, Sentence } from '../data/types.ts';
import type { Database } from '../storage/database.ts';
import { countsOf, listDatasets, sentencesOf, type StoredDataset } from '../storage/datasets.ts';
import { discardStaged, publishStaged, stagingWriter } from '../storage/staging.ts';
import type { WorkerEnv } from './env.ts';
import { lookIntoBundle, packBundle, restoreBundle } from './importBundle.ts';
import { checkParts } from './importChecks.ts';
import { holdImport } from './importLock.ts';
import type { ImportAnswer, ImportPart, ImportRequest, Reading, Staged, StagedPart } from './importProtocol.ts';
import { pieceCounting } from './importPieces.ts';
import { readIntoStaging, unzip } from './importReading.ts';

type ImportEnv = Pick<WorkerEnv, 'database' | 'locks' | 'fetch' | 'appVersion'>;

export interface ImportListeners {
  onReading(reading: Reading): void;
  /** Parts of a bundle that are packed. */
  onPacked(done: number, total: number): void;
}

/** Files on their way in: read into staging, looked at, and made datasets or dropped. */
export class ImportSession {
  readonly #env: ImportEnv;
  /** What was read and is neither a dataset nor dropped yet, with what lets go of its lock. */
  readonly #staged = new Map<string, { readonly staged: Staged; readonly release: () => void }>();

  #counter: { readonly url: string; readonly surroundings: Surroundings } | null = null;

  constructor(env: ImportEnv) {
    this.#env = env;
  }

  async answer(
    request: ImportRequest,
    signal: AbortSignal,
    { onReading, onPacked }: ImportListeners,
  ): Promise<ImportAnswer> {
    const database = await this.#env.database();
    switch (request.what) {
      case 'read': {
        // Before the first chunk: a tab that starts now sweeps what nobody holds.
        const release = await holdImport(this.#env.locks, request.id);
        try {
          const staged = await readIntoStaging(database, request, signal, onReading);
          this.#staged.set(request.id, { staged, release });
          return { what: 'read', staged };
        } catch (error) {
          release();
          throw error;
        }
      }
      case 'unzip':
        return { what: 'unzip', unzipped: await unzip(request.name, request.file) };
      case 'check': {
        const { parts, others } = await this.#partsOf(database, request.parts);
        const surroundings = await this.#counting(database, request.checkpointUrl);
        return { what: 'check', checked: checkParts(parts, others, surroundings) };
      }
      case 'look': {
        const surroundings = await this.#counting(database, request.checkpointUrl);
        return { what: 'look', found: checks[request.check].find(request.parts, surroundings) };
      }
      case 'confirm':
        return { what: 'confirm', datasets: await this.#confirm(database, request.parts) };
      case 'discard':
        await discardStaged(database, request.ids);
        this.#letGo(request.ids);
        return { what: 'discard' };
      case 'pack':
        return { what: 'pack', zip: await packBundle(database, request, onPacked) };
      case 'open-bundle':
        return { what: 'open-bundle', opened: await lookIntoBundle(request.files) };
      case 'restore':
        return { what: 'restore', restored: await restoreBundle(database, request) };
    }
  }

  /** Writes what mapping and mending change under new ids, then makes all parts datasets in one transaction. */
  async #confirm(database: Database, asked: readonly ImportPart[]): Promise<readonly StoredDataset[]> {
    const { parts, others } = await this.#partsOf(database, asked);
    const chosen = asked.map(({ mends }) => mends);
    const mended = mend([...parts, ...others], chosen);
    const releases: (() => void)[] = [];
    const written: string[] = [];
    try {
      const datasets: StoredDataset[] = [];
      for (const [i, part] of asked.entries()) {
        const { sentences } = mended.parts[i]!;
        const changes = part.mends.length > 0 || Object.keys(part.map).length > 0;
        const id = changes ? part.changedId : part.id;
        if (changes) {
          releases.push(await holdImport(this.#env.locks, id));
          written.push(id);
          await writeAll(database, id, sentences);
        }
        datasets.push(this.#datasetOf(part, id, sentences, mended, i));
      }
      const needless = asked.map(({ id }) => id).filter((id) => datasets.every((dataset) => dataset.id !== id));
      await publishStaged(database, datasets, needless);
      this.#letGo(asked.map(({ id }) => id));
      return datasets;
    } catch (error) {
      await discardStaged(database, written).catch(() => undefined); // the next start sweeps
      throw error;
    } finally {
      for (const release of releases) release();
    }
  }

  #datasetOf(
    { id: stagedId, name, role, fileName, map, createdMs }: ImportPart,
    id: string,
    sentences: readonly Sentence[],
    { fixed }: Mended,
    part: number,
  ): StoredDataset {
    const { format, findings, notListed } = this.#find(stagedId);
    const own = fixed.filter((found) => found.part === part);
    return {
      id,
      name,
      role,
      counts: countsOf(sentences),
      findings: [...findings, ...notListedNote(notListed), ...mappedNote(map), ...own.map(mendedNote)],
      source: { fileName, format },
      notice: '',
      createdMs,
    };
  }

  /** The staged files with their labels mapped, and the datasets that are here. */
  async #partsOf(
    database: Database,
    asked: readonly StagedPart[],
  ): Promise<{ readonly parts: readonly Part[]; readonly others: readonly Part[] }> {
    const parts: Part[] = [];
    for (const { id, name, role, map } of asked) {
      const sentences = await sentencesOf(database, id);
      if (sentences.length !== this.#find(id).counts.sentences) throw swept(id);
      parts.push({ name, role, sentences: mapLabels(sentences, map).sentences });
    }
    const others: Part[] = [];
    for (const { id, name, role } of await listDatasets(database)) {
      others.push({ name, role, sentences: await sentencesOf(database, id) });
    }
    return { parts, others };
  }

  /** Read once for a checkpoint, and again as long as it was not at hand. */
  async #counting(database: Database, url: string): Promise<Surroundings> {
    if (url === '') return {};
    if (this.#counter?.url !== url || this.#counter.surroundings.pieces === undefined) {
      this.#counter = { url, surroundings: await pieceCounting(this.#env, database, url) };
    }
    return this.#counter.surroundings;
  }

  #find(id: string): Staged {
    const found = this.#staged.get(id);
    if (found !== undefined) return found.staged;
    const reason = 'the file has to be read again';
    throw new AppError('worker-failed', `${id} is not staged`, { reason });
  }

  #letGo(ids: readonly string[]): void {
    for (const id of ids) {
      this.#staged.get(id)?.release();
      this.#staged.delete(id);
    }
  }
}

/** Without locks another tab cannot know that an import goes on, and may have cleared it. */
function swept(id: string): AppError {
  const reason = 'another tab has cleared the files that were being added';
  return new AppError('storage-failed', `chunks of ${id} are missing`, { reason });
}

async function writeAll(database: Database, id: string, sentences: readonly Sentence[]): Promise<void> {
  const writer = stagingWriter(database, id);
  await writer.add(sentences);
  await writer.end();
}

function note(code: Finding['code'], line: number, message: string): Finding {
  return { code, severity: 'note', line, message };
}

function notListedNote(count: number): Finding[] {
  if (count === 0) return [];
  return [note('not-listed', 0, `There were ${String(count)} more findings, which are counted and not listed.`)];
}

function mappedNote(map: ImportPart['map']): Finding[] {
  const told = Object.entries(map).map(([from, to]) => (to === null ? `${from} left out` : `${from} → ${to}`));
  return told.length === 0 ? [] : [note('labels-mapped', 0, `Labels were mapped: ${told.join(', ')}.`)];
}

function mendedNote({ check, sentence, message, before }: Mended['fixed'][number]): Finding {
  const line = sentence === null ? 0 : sentence + 1;
  return {
    ...note('mended', line, `Mended, ${checks[check].title.toLowerCase()}: ${message}`),
    excerpt: before.text.slice(0, 160),
    sentence: before.id,
  };
}
