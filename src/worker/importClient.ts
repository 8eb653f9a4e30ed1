import { AppError } from '../core/errors.ts';
import type { Client } from './client.ts';
import type {
  Checked,
  ImportAnswer,
  ImportPart,
  ImportRequest,
  OpenedBundle,
  PackRequest,
  Reading,
  ReadRequest,
  RestoreRequest,
  Staged,
  StagedPart,
  Unzipped,
} from './importProtocol.ts';
import type { CheckId, Found, Part } from '../data/findings/check.ts';
import type { StoredDataset } from '../storage/datasets.ts';
import type { Restored } from '../storage/restore.ts';
import type { BroughtFile } from './protocol.ts';

/** A file that is being read. */
export interface ReadHandle {
  /** Ends reading; `done` rejects with `stopped`. */
  stop(): void;
  readonly done: Promise<Staged>;
}

/** The page's side of imports; all promises reject with AppError. */
export interface ImportClient {
  read(request: ReadRequest, onReading: (reading: Reading) => void): ReadHandle;
  unzip(name: string, file: Blob): Promise<Unzipped>;
  check(parts: readonly StagedPart[]): Promise<Checked>;
  /** What one check finds in datasets that are here: for checks that need the model's tokenizer, which the page has not. */
  look(check: CheckId, parts: readonly Part[]): Promise<readonly Found[]>;
  /** Makes staged files datasets: all of them, or none. */
  confirm(parts: readonly ImportPart[]): Promise<readonly StoredDataset[]>;
  discard(ids: readonly string[]): Promise<void>;
  /** Parts of the project as a bundle. */
  pack(request: PackRequest, onProgress?: (done: number, total: number) => void): Promise<Blob>;
  /** Looks into a zip, or the files of a folder; null where it is neither a bundle nor holds runs. */
  openBundle(files: readonly BroughtFile[]): Promise<OpenedBundle | null>;
  restore(request: RestoreRequest): Promise<Restored>;
}

/** `checkpointUrl` names the model by whose pieces sentences are measured; '' for none. */
export function createImportClient(client: Pick<Client, 'import'>, checkpointUrl = ''): ImportClient {
  async function ask<W extends ImportAnswer['what']>(
    request: ImportRequest & { readonly what: W },
    onProgress?: (done: number, total: number) => void,
  ): Promise<Extract<ImportAnswer, { what: W }>> {
    const listeners = onProgress === undefined ? {} : { onProgress };
    return expected(request.what, await client.import(request, listeners).done);
  }
  return {
    read(request, onReading) {
      const { stop, done } = client.import({ what: 'read', ...request }, { onReading });
      return { stop, done: done.then((answer) => expected('read', answer).staged) };
    },
    unzip: async (name, file) => (await ask({ what: 'unzip', name, file })).unzipped,
    check: async (parts) => (await ask({ what: 'check', parts, checkpointUrl })).checked,
    look: async (check, parts) => (await ask({ what: 'look', check, parts, checkpointUrl })).found,
    confirm: async (parts) => (await ask({ what: 'confirm', parts })).datasets,
    async discard(ids) {
      await ask({ what: 'discard', ids });
    },
    pack: async (request, onProgress) => (await ask({ what: 'pack', ...request }, onProgress)).zip,
    openBundle: async (files) => (await ask({ what: 'open-bundle', files })).opened,
    restore: async (request) => (await ask({ what: 'restore', ...request })).restored,
  };
}

function expected<W extends ImportAnswer['what']>(what: W, answer: ImportAnswer): Extract<ImportAnswer, { what: W }> {
  const isWanted = (found: ImportAnswer): found is Extract<ImportAnswer, { what: W }> => found.what === what;
  if (isWanted(answer)) return answer;
  throw new AppError('worker-failed', `${answer.what} in answer to ${what}`, { reason: 'an answer of another kind' });
}
