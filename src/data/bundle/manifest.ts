import * as v from 'valibot';
import { isRecord } from '../../core/decode.ts';

/** Version of the bundle's form. A reader of this version takes what it knows out of newer ones. */
export const bundleVersion = 1;
export const manifestPath = 'manifest.json';

export const partKinds = ['dataset', 'run', 'model', 'answers', 'settings'] as const;
export type PartKind = (typeof partKinds)[number];

/** A file of the zip with its size and SHA-256. */
export interface BundledFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}

/** One thing that can be taken out by itself. A model has the id of its run. */
export interface BundledPart {
  readonly kind: PartKind;
  readonly id: string;
  readonly name: string;
  readonly files: readonly BundledFile[];
}

/** `manifest.json`: what the zip holds. It is written last, when all digests are known. */
export interface Manifest {
  readonly kind: 'vermeil-bundle';
  readonly version: number;
  readonly appVersion: string;
  readonly projectName: string;
  /** Milliseconds since 1970, UTC. */
  readonly createdMs: number;
  readonly parts: readonly BundledPart[];
}

const natural = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const partSchema = v.object({
  kind: v.picklist(partKinds),
  id: v.pipe(v.string(), v.minLength(1), v.maxLength(200)),
  name: v.string(),
  files: v.array(
    v.object({ path: v.string(), sizeBytes: natural, sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)) }),
  ),
});
const headSchema = v.object({
  kind: v.literal('vermeil-bundle'),
  version: natural,
  appVersion: v.fallback(v.string(), ''),
  projectName: v.fallback(v.string(), ''),
  createdMs: v.fallback(natural, 0),
  parts: v.array(v.unknown()),
});

/** The manifest with the parts that can be read; for each other part, and for a newer form, a problem in words. */
export function decodeManifest(
  value: unknown,
): { readonly manifest: Manifest; readonly problems: readonly string[] } | null {
  const head = v.safeParse(headSchema, value);
  if (!head.success) return null;
  const problems: string[] = [];
  if (head.output.version > bundleVersion)
    problems.push('It was written by a newer version of Vermeil; what this version knows can be taken out.');
  const parts = head.output.parts.flatMap((part, i): BundledPart[] => {
    const decoded = v.safeParse(partSchema, part);
    if (decoded.success) return [decoded.output];
    problems.push(`${nameOf(part, i)} is of a kind or form that this version does not know.`);
    return [];
  });
  return { manifest: { ...head.output, parts }, problems };
}

function nameOf(part: unknown, index: number): string {
  const name = isRecord(part) ? part['name'] : undefined;
  return typeof name === 'string' && name !== '' ? `“${name}”` : `Part ${String(index + 1)}`;
}
