import * as v from 'valibot';
import { AppError } from '../../core/errors.ts';
import { duplicateKey } from './jsonKeys.ts';
import { halfToFloat32 } from './halfFloat.ts';

/**
 * The safetensors format (huggingface/safetensors 0.5, `README.md`, "Format"): 8 bytes little-endian length of the header,
 * the header as JSON { name: { dtype, shape, data_offsets: [begin, end) } } with an optional `__metadata__` of strings, and
 * the tensors end to end without gaps. Typed arrays here are little-endian, as on every processor a browser runs on.
 */
export interface StoredTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Not aligned to the element size. A view of the file, not a copy. */
  readonly bytes: Uint8Array;
}

export interface SafetensorsFile {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

// prettier-ignore
const bytesOfElement: Readonly<Record<string, number>> = {
  BOOL: 1, U8: 1, I8: 1, F8_E4M3: 1, F8_E5M2: 1, U16: 2, I16: 2, F16: 2, BF16: 2,
  U32: 4, I32: 4, F32: 4, U64: 8, I64: 8, F64: 8,
};

/** The bound that the format's own reader sets. */
const longestHeader = 100_000_000;

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const headerEntry = v.strictObject({ dtype: v.string(), shape: v.array(count), data_offsets: v.tuple([count, count]) });
const headerMetadata = v.record(v.string(), v.string());

interface Entry extends v.InferOutput<typeof headerEntry> {
  readonly name: string;
}

/**
 * Reads the header and cuts the file into tensors. Throws `checkpoint-truncated` (detail `found`, `wanted`: bytes) where the
 * file is shorter than its header says, `checkpoint-invalid` (detail `file`, `reason`) for everything else: unreadable header,
 * names that occur twice, sizes that contradict the shape, overlaps, gaps, bytes left over. `file` is only named in errors.
 */
export function readSafetensors(bytes: Uint8Array, file = 'model.safetensors'): SafetensorsFile {
  const fail = (reason: string) => new AppError('checkpoint-invalid', `${file}: ${reason}`, { file, reason });
  const truncated = (wanted: number) =>
    new AppError('checkpoint-truncated', `${file}: ${String(bytes.length)} of ${String(wanted)} bytes`, {
      file,
      found: bytes.length,
      wanted,
    });
  if (bytes.length < 8) throw truncated(8);
  const headerLength = Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true));
  if (headerLength > longestHeader)
    throw fail(`a header of ${String(headerLength)} bytes: this is no safetensors file`);
  const start = 8 + headerLength;
  if (start > bytes.length) throw truncated(start);
  const { entries, metadata } = readHeader(bytes.subarray(8, start), fail);
  let at = 0;
  for (const {
    name,
    dtype,
    shape,
    data_offsets: [begin, end],
  } of entries) {
    if (begin < at) throw fail(`tensor ${name} overlaps the one before it`);
    if (begin > at) throw fail(`${String(begin - at)} unused bytes before tensor ${name}`);
    const width = Object.hasOwn(bytesOfElement, dtype) ? bytesOfElement[dtype] : undefined;
    if (width === undefined) throw fail(`tensor ${name} has the unknown type ${dtype}`);
    const size = shape.reduce((product, side) => product * side, width);
    if (size !== end - begin) {
      throw fail(
        `tensor ${name} [${shape.join(', ')}] ${dtype} takes ${String(size)} bytes, its place has ${String(end - begin)}`,
      );
    }
    at = end;
  }
  if (start + at > bytes.length) throw truncated(start + at);
  if (start + at < bytes.length) throw fail(`${String(bytes.length - start - at)} bytes after the last tensor`);
  const tensors = new Map(
    entries.map(({ name, dtype, shape, data_offsets: [begin, end] }): [string, StoredTensor] => [
      name,
      { dtype, shape, bytes: bytes.subarray(start + begin, start + end) },
    ]),
  );
  return { tensors, metadata };
}

function readHeader(bytes: Uint8Array, fail: (reason: string) => AppError) {
  let json: unknown;
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    json = JSON.parse(text);
  } catch {
    throw fail('its header is not JSON');
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw fail('its header is not a JSON object');
  const twice = duplicateKey(text);
  if (twice !== null) throw fail(`the name ${twice} occurs twice`);
  let metadata: Record<string, string> = {};
  const entries: Entry[] = [];
  for (const [name, value] of Object.entries(json)) {
    if (name === '__metadata__') {
      const decoded = v.safeParse(headerMetadata, value);
      if (!decoded.success) throw fail('its metadata holds something other than text');
      metadata = decoded.output;
      continue;
    }
    const decoded = v.safeParse(headerEntry, value);
    if (!decoded.success) throw fail(`the header entry of ${name} cannot be read`);
    entries.push({ name, ...decoded.output });
  }
  entries.sort((a, b) => a.data_offsets[0] - b.data_offsets[0] || a.data_offsets[1] - b.data_offsets[1]);
  return { entries, metadata };
}

/** Values of an F32, F16 or BF16 tensor, always a copy of their own. Throws `checkpoint-invalid` for other types. */
export function toFloat32({ dtype, bytes }: StoredTensor): Float32Array {
  if (dtype === 'F32') {
    return new Float32Array(new Uint8Array(bytes).buffer);
  }
  if (dtype !== 'F16' && dtype !== 'BF16') {
    const reason = `values of type ${dtype}; F32, F16 and BF16 can be read`;
    throw new AppError('checkpoint-invalid', reason, { file: 'model.safetensors', reason });
  }
  return halfToFloat32(new Uint16Array(new Uint8Array(bytes).buffer), dtype);
}

/** Writes F32 tensors in the order given, the header padded to 8 bytes so that the data is aligned. */
export function writeSafetensors(
  tensors: ReadonlyMap<string, { readonly shape: readonly number[]; readonly values: Float32Array }>,
  metadata: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let at = 0;
  for (const [name, { shape, values }] of tensors) {
    header[name] = { dtype: 'F32', shape, data_offsets: [at, at + values.byteLength] };
    at += values.byteLength;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const headerLength = Math.ceil(text.length / 8) * 8;
  const file = new Uint8Array(8 + headerLength + at);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerLength), true);
  file.fill(0x20, 8, 8 + headerLength).set(text, 8);
  let to = 8 + headerLength;
  for (const { values } of tensors.values()) {
    file.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), to);
    to += values.byteLength;
  }
  return file;
}
