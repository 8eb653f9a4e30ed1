import { sentenceOf, type ErrorText } from '../core/errorTexts.ts';
import type { ImportClient } from '../worker/importClient.ts';

/** A file on its way in; `name` with the folders that it lies in. */
export interface Incoming {
  readonly name: string;
  readonly file: Blob;
}

/** A file as the system's dialog gives it. */
export function incomingOf(file: File): Incoming {
  return { name: file.webkitRelativePath === '' ? file.name : file.webkitRelativePath, file };
}

/** The files of a zip, each with why it was left there; any other file as it is. */
export async function unzipped(
  imports: Pick<ImportClient, 'unzip'>,
  incoming: Incoming,
): Promise<readonly (Incoming & { readonly problem: ErrorText | null })[]> {
  if (!incoming.name.toLowerCase().endsWith('.zip')) return [{ ...incoming, problem: null }];
  try {
    const { files, leftOut } = await imports.unzip(incoming.name, incoming.file);
    const next = 'Unpack the zip yourself and bring this file alone.';
    return [
      ...files.map(({ name, file }) => ({ name: `${incoming.name}/${name}`, file, problem: null })),
      ...leftOut.map(({ name, reason }) => ({
        name: `${incoming.name}/${name}`,
        file: new Blob(),
        problem: { what: `It was left in the zip: ${reason}.`, next },
      })),
    ];
  } catch (error) {
    return [{ ...incoming, problem: sentenceOf(error) }];
  }
}
