import { unzipSync } from 'fflate';
import { AppError, messageOf } from '../../core/errors.ts';

/** A file out of a zip, or why it was left there. */
export type ZipEntry =
  { readonly name: string; readonly bytes: Uint8Array } | { readonly name: string; readonly leftOut: string };

/** Bytes that the files of one zip may have when unpacked, each and together: a small zip can unpack to anything. */
export interface ZipLimits {
  readonly fileBytes: number;
  readonly allBytes: number;
  readonly files: number;
}
const usualLimits: ZipLimits = { fileBytes: 512 << 20, allBytes: 1024 << 20, files: 1000 };

export function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4;
}

/**
 * Files of a zip in their order. Folders and the leavings of operating systems (`__MACOSX`, names that begin with a dot)
 * are passed over; names that lead out of the zip and files over the limits are left out, with a reason each. Throws
 * `data-invalid` for what cannot be unpacked.
 */
export function filesOfZip(zipName: string, bytes: Uint8Array, limits: ZipLimits = usualLimits): ZipEntry[] {
  const entries: { readonly name: string; readonly leftOut: string | null }[] = [];
  let all = 0;
  const wanted = (name: string, size: number): boolean => {
    if (name.endsWith('/') || name.split('/').some((part) => part === '__MACOSX' || /^\.[^.]/.test(part))) return false;
    const leftOut = reasonAgainst(name, size, all, entries.length, limits);
    if (leftOut === null) all += size;
    entries.push({ name, leftOut });
    return leftOut === null;
  };
  try {
    const unpacked = unzipSync(bytes, { filter: ({ name, originalSize }) => wanted(name, originalSize) });
    return entries.map(({ name, leftOut }) =>
      leftOut === null ? { name, bytes: unpacked[name]! } : { name, leftOut },
    );
  } catch (error) {
    const reason = `${zipName} cannot be unpacked: ${messageOf(error)}`;
    throw new AppError('data-invalid', reason, { reason, file: zipName });
  }
}

function reasonAgainst(name: string, size: number, all: number, files: number, limits: ZipLimits): string | null {
  const parts = name.split(/[/\\]/);
  if (/^[/\\]|^[a-z]:/i.test(name) || parts.includes('..')) return 'its name leads out of the zip';
  if (size > limits.fileBytes) return `it has ${String(size)} bytes, more than ${String(limits.fileBytes)}`;
  if (all + size > limits.allBytes) return `the files together have more than ${String(limits.allBytes)} bytes`;
  return files >= limits.files ? `it is file ${String(files + 1)}, and ${String(limits.files)} are read at most` : null;
}
