import { incomingOf, type Incoming } from '../../state/incoming.ts';

/** Files that were dropped, those of folders among them, without the leavings of operating systems. */
export async function filesOfDrop(transfer: DataTransfer): Promise<readonly Incoming[]> {
  // All entries before anything is awaited: the browser empties the list when the event is over.
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry());
  const files = [...transfer.files];
  if (!entries.some((entry) => entry?.isDirectory === true)) return files.map(incomingOf);
  const found = await Promise.all(entries.flatMap((entry) => (entry === null ? [] : [filesUnder(entry)])));
  return found.flat();
}

async function filesUnder(entry: FileSystemEntry): Promise<readonly Incoming[]> {
  if (entry.name.startsWith('.') || entry.name === '__MACOSX') return [];
  const name = entry.fullPath.replace(/^\//, '');
  if (isFile(entry)) {
    const file = await new Promise<File>((resolve, reject) => {
      entry.file(resolve, reject);
    });
    return [{ name, file }];
  }
  if (!isFolder(entry)) return [];
  const files: Incoming[] = [];
  const reader = entry.createReader();
  for (;;) {
    // Chromium gives 100 entries at a time, and an empty list at the end.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => {
      reader.readEntries(resolve, reject);
    });
    if (some.length === 0) return files;
    for (const inner of some) files.push(...(await filesUnder(inner)));
  }
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}
