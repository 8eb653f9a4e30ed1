import type { BundledPart, Manifest } from '../data/bundle/manifest.ts';
import type { CheckId, Found, Part } from '../data/findings/check.ts';
import type { FindingRow } from '../data/findings/report.ts';
import type { FormatId, ReadOptions } from '../data/formats/format.ts';
import type { FileRead } from '../data/formats/readStream.ts';
import type { LabelMap } from '../data/sets/mapLabels.ts';
import type { Finding, Role, Sentence } from '../data/types.ts';
import type { DatasetCounts, StoredDataset } from '../storage/datasets.ts';
import type { Restored } from '../storage/restore.ts';
import type { BroughtFile } from './protocol.ts';

/** Types only: what the page and the worker say to each other about files on their way in, and of bundles on their way out. */

export interface ReadRequest {
  /** A new id: the chunks are stored under it, and it becomes the dataset's where nothing is changed. */
  readonly id: string;
  readonly file: Blob;
  /** With the folders that it lies in. */
  readonly fileName: string;
  /** null = told by content. */
  readonly format: FormatId | null;
  readonly options: ReadOptions;
}

/** How far reading has come. */
export interface Reading {
  readonly bytes: number;
  readonly sentences: number;
}

/** A file that was read and stored, and is no dataset yet. */
export interface Staged extends FileRead {
  readonly id: string;
  readonly counts: DatasetCounts;
  /** The first of them; `notListed` counts the others. */
  readonly findings: readonly Finding[];
  readonly notListed: number;
  /** The first sentences. */
  readonly first: readonly Sentence[];
}

/** A staged file with what the person has said about it. */
export interface StagedPart {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly map: LabelMap;
}

/** What a check found in one staged file; `rows` are the first of them. */
export interface FoundGroup {
  readonly check: CheckId;
  readonly severity: Finding['severity'];
  readonly count: number;
  /** Whether a rule can mend it. */
  readonly mendable: boolean;
  readonly rows: readonly FindingRow[];
}

/** What checks found: in each staged file, and in datasets that are here because of them. */
export interface Checked {
  readonly groups: readonly (readonly FoundGroup[])[];
  /** Sentences of training data that are in the staged dev and test files too. */
  readonly leaks: readonly { readonly dataset: string; readonly count: number }[];
}

/** A staged file that becomes a dataset. */
export interface ImportPart extends StagedPart {
  /** The dataset's id where labels are mapped or findings mended. */
  readonly changedId: string;
  readonly fileName: string;
  readonly mends: readonly CheckId[];
  readonly createdMs: number;
}

export interface Unzipped {
  readonly files: readonly { readonly name: string; readonly file: Blob }[];
  readonly leftOut: readonly { readonly name: string; readonly reason: string }[];
}

/** Parts of the project on their way out, by kind and id. */
export interface PackRequest {
  readonly parts: readonly Pick<BundledPart, 'kind' | 'id'>[];
  readonly appVersion: string;
  readonly projectName: string;
  /** Milliseconds since 1970, UTC. */
  readonly createdMs: number;
}

/** A bundle that was looked into, and of which nothing was taken yet. */
export interface OpenedBundle {
  readonly manifest: Manifest;
  readonly problems: readonly string[];
}

export interface RestoreRequest {
  /** A zip, or the files of a folder. */
  readonly files: readonly BroughtFile[];
  readonly parts: readonly BundledPart[];
  /** One for each part: what has an id that is taken here gets one of these. */
  readonly freshIds: readonly string[];
  readonly checkpointUrl: string;
  /** Milliseconds since 1970, UTC. */
  readonly nowMs: number;
}

export type ImportRequest =
  | ({ readonly what: 'read' } & ReadRequest)
  | { readonly what: 'unzip'; readonly name: string; readonly file: Blob }
  /** `checkpointUrl` names the model by whose pieces sentences are measured. */
  | { readonly what: 'check'; readonly parts: readonly StagedPart[]; readonly checkpointUrl: string }
  | { readonly what: 'look'; readonly parts: readonly Part[]; readonly check: CheckId; readonly checkpointUrl: string }
  | { readonly what: 'confirm'; readonly parts: readonly ImportPart[] }
  | { readonly what: 'discard'; readonly ids: readonly string[] }
  | ({ readonly what: 'pack' } & PackRequest)
  | { readonly what: 'open-bundle'; readonly files: readonly BroughtFile[] }
  | ({ readonly what: 'restore' } & RestoreRequest);

export type ImportAnswer =
  | { readonly what: 'read'; readonly staged: Staged }
  | { readonly what: 'unzip'; readonly unzipped: Unzipped }
  | { readonly what: 'check'; readonly checked: Checked }
  | { readonly what: 'look'; readonly found: readonly Found[] }
  | { readonly what: 'confirm'; readonly datasets: readonly StoredDataset[] }
  | { readonly what: 'discard' }
  | { readonly what: 'pack'; readonly zip: Blob }
  | { readonly what: 'open-bundle'; readonly opened: OpenedBundle | null }
  | { readonly what: 'restore'; readonly restored: Restored };
