import { sentenceOf } from '../core/errorTexts.ts';
import { appVersion } from '../core/version.ts';
import type { BundledPart, PartKind } from '../data/bundle/manifest.ts';
import type { PartToWrite } from '../data/bundle/write.ts';
import { backupParts } from '../storage/backup.ts';
import { clearCheckpoints } from '../storage/checkpoints.ts';
import { eraseDatabase } from '../storage/erase.ts';
import type { Restored } from '../storage/restore.ts';
import { roomByKind, type Room } from '../storage/room.ts';
import type { StoredRun } from '../storage/runs.ts';
import type { OpenedBundle } from '../worker/importProtocol.ts';
import type { BroughtFile } from '../worker/protocol.ts';
import type { Incoming } from './incoming.ts';
import type { Services } from './services.ts';

export type { BundledPart, PartKind, PartToWrite, Restored, Room };

/** A bundle that was opened and waits for the person to say what to take. */
export interface Arriving {
  readonly fileName: string;
  readonly files: readonly BroughtFile[];
  readonly bundle: OpenedBundle;
  /** Whether something here has the id of a part, so that a copy would be made. */
  isHere(part: BundledPart): boolean;
}

/** What is done with the project as a whole: the room it takes, bundles out and in, erasing. */
export class ProjectState {
  /** Whether the panel is open. */
  shown = $state(false);
  room: Room | null = $state.raw(null);
  /** What a bundle could hold. */
  parts: readonly PartToWrite[] = $state.raw([]);
  arriving: Arriving | null = $state.raw(null);
  /** Parts of it that the person does not want; at first those that are here already. */
  left: readonly BundledPart[] = $state.raw([]);
  restored: Restored | null = $state.raw(null);
  busy: 'no' | 'packing' | 'taking' | 'erasing' = $state('no');
  progress: { readonly done: number; readonly total: number } = $state.raw({ done: 0, total: 0 });
  problem: { readonly what: string; readonly next: string } | null = $state.raw(null);

  readonly #services: Services;
  readonly #changed: () => Promise<void>;

  /** `changed` reads again what others show, after something was taken in or freed. */
  constructor(services: Services, changed: () => Promise<void>) {
    this.#services = services;
    this.#changed = changed;
  }

  /** Measures the room and lists what there is. */
  async look(): Promise<void> {
    await this.#try(() => this.#measure());
  }

  /** The parts as a bundle; null where it failed, which `problem` tells. */
  async pack(parts: readonly PartToWrite[], projectName: string): Promise<Blob | null> {
    this.progress = { done: 0, total: parts.length };
    let zip: Blob | null = null;
    await this.#try(async () => {
      this.busy = 'packing';
      zip = await this.#zipOf(parts, projectName);
    });
    return zip;
  }

  /** Some datasets as a bundle. Throws where they cannot be read. */
  packDatasets(ids: readonly string[]): Promise<Blob> {
    return this.#zipParts(({ kind, id }) => kind === 'dataset' && ids.includes(id));
  }

  /** A run as a bundle, with its weights where they are kept, and with its datasets, as asked. Throws where they cannot be read. */
  packRun(run: Pick<StoredRun, 'id' | 'datasets'>, besides: readonly ('model' | 'dataset')[]): Promise<Blob> {
    const datasets = Object.values(run.datasets).flat();
    return this.#zipParts(({ kind, id }) => {
      if (kind === 'dataset') return besides.includes(kind) && datasets.includes(id);
      return id === run.id && (kind === 'run' || (kind === 'model' && besides.includes(kind)));
    });
  }

  async #zipParts(wanted: (part: PartToWrite) => boolean): Promise<Blob> {
    return this.#zipOf((await backupParts(this.#services.database)).filter(wanted), '');
  }

  /** In the worker: packing takes seconds where models come along. */
  #zipOf(parts: readonly PartToWrite[], projectName: string): Promise<Blob> {
    const names = parts.map(({ kind, id }) => ({ kind, id }));
    const request = { parts: names, appVersion, projectName, createdMs: this.#services.now() };
    return this.#services.imports.pack(request, (done, total) => (this.progress = { done, total }));
  }

  /**
   * Opens a zip, or files that belong together, to be looked at: a bundle, or what `vermeil train --out` left. Gives whether it
   * is one. Nothing is taken in yet.
   */
  async open(...incoming: readonly Incoming[]): Promise<boolean> {
    let isBundle = false;
    await this.#try(async () => {
      const files = incoming.map(({ name, file }) => ({ path: name, blob: file }));
      const bundle = await this.#services.imports.openBundle(files);
      if (bundle === null) return;
      isBundle = true;
      const here = new Set((await backupParts(this.#services.database)).map(keyOf));
      const isHere = (part: BundledPart) => here.has(keyOf(part));
      this.left = bundle.manifest.parts.filter(
        (part) => isHere(part) && part.kind !== 'settings' && part.kind !== 'answers',
      );
      this.restored = null;
      this.arriving = { fileName: nameOf(incoming), files, bundle, isHere };
    });
    return isBundle;
  }

  async take(parts: readonly BundledPart[]): Promise<void> {
    const { arriving } = this;
    if (arriving === null) return;
    await this.#try(async () => {
      this.busy = 'taking';
      const { newId, checkpoint, now, imports } = this.#services;
      const request = {
        files: arriving.files,
        parts,
        freshIds: parts.map(() => newId()),
        checkpointUrl: checkpoint.url,
        nowMs: now(),
      };
      try {
        this.restored = await imports.restore(request);
        this.arriving = null;
      } finally {
        await this.#showAgain(); // what came in before a failure is here
      }
    });
  }

  /** Frees the room of the cached checkpoint; it is read again when a run needs it. */
  async freeCheckpoint(): Promise<void> {
    await this.#try(async () => {
      await clearCheckpoints(this.#services.database);
      await this.#showAgain();
    });
  }

  /** Deletes everything; gives whether it is gone, and the page has to begin anew. */
  async erase(): Promise<boolean> {
    return this.#try(async () => {
      this.busy = 'erasing';
      this.#services.client.close();
      await eraseDatabase(this.#services.database);
    });
  }

  async #showAgain(): Promise<void> {
    await this.#changed();
    await this.#measure();
  }

  async #measure(): Promise<void> {
    this.parts = await backupParts(this.#services.database);
    this.room = await roomByKind(this.#services.database);
  }

  async #try(task: () => Promise<void>): Promise<boolean> {
    this.problem = null;
    try {
      await task();
      return true;
    } catch (error) {
      this.problem = sentenceOf(error);
      return false;
    } finally {
      this.busy = 'no';
    }
  }
}

/** Of the one file, or of the folder that all lie in. */
function nameOf([first, ...others]: readonly Incoming[]): string {
  const [top = '', ...below] = first?.name.split('/') ?? [];
  return others.length === 0 || below.length > 0 ? top : `${top} and other files`;
}

function keyOf({ kind, id }: Pick<BundledPart, 'kind' | 'id'>): string {
  return `${kind} ${id}`;
}
