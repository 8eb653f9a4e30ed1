import { inflateSync } from 'fflate';

/** One file of a zip, as the zip's directory tells of it. */
export interface ZipFileEntry {
  readonly name: string;
  /** Bytes once unpacked. */
  readonly sizeBytes: number;
  readonly packedBytes: number;
  readonly method: 'stored' | 'deflated';
  /** Where its own header begins. */
  readonly at: number;
}

/**
 * Zips that are read by the parts that are asked for: the directory stands at the end. The numbers are those of PKWARE's
 * APPNOTE 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16. Zips of 4 GB and more, with encryption or over several disks are not read.
 */
const marks = { file: 0x04034b50, entry: 0x02014b50, end: 0x06054b50 } as const;
const headerBytes = { file: 30, entry: 46, end: 22 } as const;
const methods: Readonly<Record<number, ZipFileEntry['method']>> = { 0: 'stored', 8: 'deflated' };

/** The directory of a zip; null for what is none, or is damaged there. Files packed in another way are left out. */
export async function entriesOf(zip: Blob): Promise<readonly ZipFileEntry[] | null> {
  // A comment of up to 65,535 bytes may follow the end's own record.
  const tail = await viewOf(zip, zip.size - headerBytes.end - 0xffff, zip.size);
  for (let i = tail.byteLength - headerBytes.end; i >= 0; i--) {
    if (tail.getUint32(i, true) !== marks.end) continue;
    const [count, size, at] = [
      tail.getUint16(i + 10, true),
      tail.getUint32(i + 12, true),
      tail.getUint32(i + 16, true),
    ];
    if (at + size > zip.size) return null;
    return entriesIn(await viewOf(zip, at, at + size), count);
  }
  return null;
}

function entriesIn(directory: DataView, count: number): readonly ZipFileEntry[] | null {
  const entries: ZipFileEntry[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (at + headerBytes.entry > directory.byteLength || directory.getUint32(at, true) !== marks.entry) return null;
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((field) => directory.getUint16(at + field, true));
    const nameAt = at + headerBytes.entry;
    const end = nameAt + nameBytes! + extraBytes! + commentBytes!;
    if (end > directory.byteLength) return null;
    const method = methods[directory.getUint16(at + 10, true)];
    if (method !== undefined) {
      entries.push({
        name: new TextDecoder().decode(new Uint8Array(directory.buffer, nameAt, nameBytes)),
        sizeBytes: directory.getUint32(at + 24, true),
        packedBytes: directory.getUint32(at + 20, true),
        method,
        at: directory.getUint32(at + 42, true),
      });
    }
    at = end;
  }
  return entries;
}

/** A file of a zip, unpacked to no more than the directory says; null where it is damaged. */
export async function bytesOfEntry(zip: Blob, entry: ZipFileEntry): Promise<Uint8Array<ArrayBuffer> | null> {
  const head = await viewOf(zip, entry.at, entry.at + headerBytes.file);
  if (head.byteLength < headerBytes.file || head.getUint32(0, true) !== marks.file) return null;
  const start = entry.at + headerBytes.file + head.getUint16(26, true) + head.getUint16(28, true);
  const packed = new Uint8Array((await viewOf(zip, start, start + entry.packedBytes)).buffer);
  if (packed.length !== entry.packedBytes) return null;
  if (entry.method === 'stored') return packed;
  try {
    return inflateSync(packed, { out: new Uint8Array(entry.sizeBytes) });
  } catch {
    return null; // the packed bytes make no sense
  }
}

async function viewOf(zip: Blob, start: number, end: number): Promise<DataView<ArrayBuffer>> {
  return new DataView(await zip.slice(Math.max(0, start), Math.max(0, end)).arrayBuffer());
}
