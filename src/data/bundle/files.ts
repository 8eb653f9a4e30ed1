import { bytesOfEntry, entriesOf } from './zipFile.ts';

/** Files that belong together, wherever they lie; only those that are asked for are read. */
export interface BundleFiles {
  /** Bytes by name, which has the folders that the file lies in, divided by `/`. */
  readonly sizes: ReadonlyMap<string, number>;
  /** Null where the file is not there, is damaged, or has more than `most` bytes. Throws what reading the place throws. */
  bytes(name: string, most: number): Promise<Uint8Array<ArrayBuffer> | null>;
}

/** The files of a zip; null for what is none. */
export async function filesInZip(zip: Blob): Promise<BundleFiles | null> {
  const found = await entriesOf(zip);
  if (found === null) return null;
  const entries = new Map(found.filter(({ name }) => !name.endsWith('/')).map((entry) => [entry.name, entry]));
  return {
    sizes: new Map([...entries].map(([name, { sizeBytes }]) => [name, sizeBytes])),
    bytes: async (name, most) => {
      const entry = entries.get(name);
      return entry === undefined || entry.sizeBytes > most ? null : bytesOfEntry(zip, entry);
    },
  };
}

/** Files that a person brought one by one, or with their folder. */
export function looseFiles(files: ReadonlyMap<string, Blob>): BundleFiles {
  return {
    sizes: new Map([...files].map(([name, { size }]) => [name, size])),
    bytes: async (name, most) => {
      const file = files.get(name);
      return file === undefined || file.size > most ? null : new Uint8Array(await file.arrayBuffer());
    },
  };
}

/** `a/b` of `a/b/c.json`, `` of `c.json`. */
export function folderOf(name: string): string {
  return name.slice(0, Math.max(0, name.lastIndexOf('/')));
}

/** `c.json` of `a/b/c.json`. */
export function lastPartOf(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

/** A name within a folder, `` being none. */
export function within(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}
