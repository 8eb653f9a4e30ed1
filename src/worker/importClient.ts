import { AppError } from '../core/errors.ts';
import type { Client } from './client.ts';
import type {
  Checked,
  ImportAnswer,
  ImportPart,
  ImportRequest,
  Reading,
  ReadRequest,
  Staged,
  StagedPart,
  Unzipped,
} from './importProtocol.ts';
import type { StoredDataset } from '../storage/datasets.ts';

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
  /** Makes staged files datasets: all of them, or none. */
  confirm(parts: readonly ImportPart[]): Promise<readonly StoredDataset[]>;
  discard(ids: readonly string[]): Promise<void>;
}

export function createImportClient(client: Pick<Client, 'import'>): ImportClient {
  async function ask<W extends ImportAnswer['what']>(
    request: ImportRequest & { readonly what: W },
  ): Promise<Extract<ImportAnswer, { what: W }>> {
    return expected(request.what, await client.import(request).done);
  }
  return {
    read(request, onReading) {
      const { stop, done } = client.import({ what: 'read', ...request }, onReading);
      return { stop, done: done.then((answer) => expected('read', answer).staged) };
    },
    unzip: async (name, file) => (await ask({ what: 'unzip', name, file })).unzipped,
    check: async (parts) => (await ask({ what: 'check', parts })).checked,
    confirm: async (parts) => (await ask({ what: 'confirm', parts })).datasets,
    async discard(ids) {
      await ask({ what: 'discard', ids });
    },
  };
}

function expected<W extends ImportAnswer['what']>(what: W, answer: ImportAnswer): Extract<ImportAnswer, { what: W }> {
  const isWanted = (found: ImportAnswer): found is Extract<ImportAnswer, { what: W }> => found.what === what;
  if (isWanted(answer)) return answer;
  throw new AppError('worker-failed', `${answer.what} in answer to ${what}`, { reason: 'an answer of another kind' });
}
