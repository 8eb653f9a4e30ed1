import { resolve } from 'node:path';
import type { RunData } from '../../engine/train/prepare.ts';
import type { LeftOut } from '../../run/experiment/experiment.ts';
import { decodeConfig } from '../../run/fields.ts';
import type { SourceCounts } from '../../run/plan.ts';
import type { Args } from '../args.ts';
import { deviceNamed } from '../device.ts';
import { formatNamed } from '../files/dataFiles.ts';
import { readJson } from '../files/files.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { usageError } from '../usage.ts';
import { readRunData, regimenFor } from './data.ts';
import { changesRuns, plannedOf } from './experimentOptions.ts';
import { checkSame, fileRoles, forEachRole, namedFiles, readManifest, type Manifest } from './manifest.ts';

/** What `train` is to do, and the data to do it with. */
export interface Asked {
  readonly manifest: Manifest;
  readonly data: RunData;
  readonly leftOut: readonly LeftOut[];
}

/**
 * What `train` is to do: by its options, or with `--resume` by what the folder was begun with. Throws `usage`,
 * `config-invalid`, what reading files throws, and `snapshot-mismatch` where options and folder do not agree.
 */
export async function askedFor(args: Args, out: string | null, terminal: Terminal): Promise<Asked> {
  const resume = args.has('resume');
  if (resume && out === null) {
    throw usageError('--resume needs to know where to go on.', 'Add --out DIR, the folder of the runs.');
  }
  const begun = out === null ? null : await readManifest(out, decodeConfig);
  if (begun !== null && !resume) {
    const next = 'Add --resume to go on with it, or name another folder after --out.';
    throw usageError(`${out ?? ''} already holds an experiment.`, next);
  }
  const named = fileRoles.some((role) => args.has(role));
  if (resume && begun === null && !named) {
    const next = 'Name the folder that --out had, or give --gold F and --silver F to begin there.';
    throw usageError(`${out ?? ''} holds nothing to go on with.`, next);
  }
  const asked = await (!named && begun !== null ? asBegun(args, begun, terminal) : asTold(args, terminal));
  if (begun === null) return asked;
  checkSame(begun, asked.manifest);
  return { ...asked, manifest: { ...asked.manifest, device: asked.manifest.device ?? begun.device } };
}

async function asTold(args: Args, terminal: Terminal): Promise<Asked> {
  if (!args.has('gold') && !args.has('silver')) {
    throw usageError('There is nothing to train on.', 'Give --gold F or --silver F, or both.');
  }
  const files = await forEachRole((role) => namedFiles(args.list(role).map((path) => resolve(path))));
  const format = formatNamed('format', args.text('format'));
  const checkpoint = args.text('checkpoint');
  const device = deviceNamed(args.text('device'));
  const file = await configFile(args);
  const data = await readRunData(files, format, terminal);
  const { configs, leftOut } = plannedOf(args, file, regimenFor(files), countsOf(data));
  const folder = checkpoint === null ? null : resolve(checkpoint);
  return { manifest: { version: 1, files, checkpoint: folder, device, format, configs }, data, leftOut };
}

/** The same again; the files are read anew, so that a change since then is noticed. */
async function asBegun(args: Args, begun: Manifest, terminal: Terminal): Promise<Asked> {
  const files = await forEachRole((role) => namedFiles(begun.files[role].map(({ path }) => path)));
  const device = deviceNamed(args.text('device'));
  const file = await configFile(args);
  const data = await readRunData(files, formatNamed('format', begun.format), terminal);
  const same = { configs: begun.configs, leftOut: [] };
  const { configs, leftOut } = changesRuns(args) ? plannedOf(args, file, regimenFor(files), countsOf(data)) : same;
  return { manifest: { ...begun, files, configs, device }, data, leftOut };
}

function countsOf({ silver, gold }: RunData): SourceCounts {
  return { silver: silver.length, gold: gold.length };
}

async function configFile(args: Args): Promise<unknown> {
  const path = args.text('config');
  return path === null ? null : readJson(path);
}
