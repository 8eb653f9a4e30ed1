import { resolve } from 'node:path';
import { decodeConfig } from '../../run/fields.ts';
import type { Args } from '../args.ts';
import { deviceNamed } from '../device.ts';
import { formatNamed } from '../files/dataFiles.ts';
import { readJson } from '../files/files.ts';
import { usageError } from '../usage.ts';
import { changesConfig, configsOf } from './configOptions.ts';
import { regimenFor } from './data.ts';
import { checkSame, fileRoles, forEachRole, namedFiles, readManifest, type Manifest } from './manifest.ts';

/**
 * What `train` is to do: by its options, or with `--resume` by what the folder was begun with. Throws `usage`,
 * `config-invalid`, what reading files throws, and `snapshot-mismatch` where options and folder do not agree.
 */
export async function askedFor(args: Args, out: string | null): Promise<Manifest> {
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
  const asked = !named && begun !== null ? await asBegun(args, begun) : await asTold(args);
  if (begun === null) return asked;
  checkSame(begun, asked);
  return { ...asked, device: asked.device ?? begun.device };
}

async function asTold(args: Args): Promise<Manifest> {
  if (!args.has('gold') && !args.has('silver')) {
    throw usageError('There is nothing to train on.', 'Give --gold F or --silver F, or both.');
  }
  const files = await forEachRole((role) => namedFiles(args.list(role).map((path) => resolve(path))));
  const checkpoint = args.text('checkpoint');
  return {
    version: 1,
    files,
    checkpoint: checkpoint === null ? null : resolve(checkpoint),
    device: deviceNamed(args.text('device')),
    format: formatNamed('format', args.text('format')),
    configs: configsOf(args, await configFile(args), regimenFor(files)),
  };
}

/** The same again; the files are read anew, so that a change since then is noticed. */
async function asBegun(args: Args, begun: Manifest): Promise<Manifest> {
  const files = await forEachRole((role) => namedFiles(begun.files[role].map(({ path }) => path)));
  const configs = changesConfig(args) ? configsOf(args, await configFile(args), regimenFor(files)) : begun.configs;
  return { ...begun, files, configs, device: deviceNamed(args.text('device')) };
}

async function configFile(args: Args): Promise<unknown> {
  const path = args.text('config');
  return path === null ? null : readJson(path);
}
