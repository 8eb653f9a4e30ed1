import type { App } from './app.svelte.ts';
import type { Incoming } from './incoming.ts';

/**
 * Leads files to where they are looked into, told by content: a bundle, or runs of the command line, to the project's panel,
 * settings to the Train page, all others to the Data page. Nothing is added before the person says so.
 */
export async function bring(
  { project, configIn, importing, notices, router }: Parts,
  files: readonly Incoming[],
): Promise<void> {
  const { runs, others } = partedByRuns(files);
  const opened: string[] = [];
  const open = async (...some: readonly Incoming[]): Promise<boolean> => {
    const isBundle = await project.open(...some);
    if (isBundle) opened.push(project.arriving?.fileName ?? '');
    return isBundle;
  };
  const areRuns = runs.length > 0 && (await open(...runs));
  const data: Incoming[] = [];
  for (const incoming of areRuns ? others : files) {
    if (incoming.name.toLowerCase().endsWith('.zip') && (await open(incoming))) continue;
    if (await configIn.open(incoming)) router.go('train');
    else data.push(incoming);
  }
  if (opened.length > 0) project.shown = true;
  if (opened.length > 1) notices.done(oneAtATime(opened));
  if (data.length === 0) return;
  router.go('data');
  await importing.take(data);
}

type Parts = Pick<App, 'project' | 'configIn' | 'importing' | 'notices' | 'router'>;

/** The panel shows the last one. */
function oneAtATime(opened: readonly string[]): string {
  const names = opened.map((name) => `“${name}”`);
  return `Bundles are looked into one at a time: ${names.at(-1) ?? ''} is open. Bring ${names.slice(0, -1).join(', ')} again after that.`;
}

/** Files that tell what lies beside them: a run that the command line has left, or a bundle that was unpacked. */
const telling: readonly string[] = ['record.json', 'manifest.json'];
const besides: readonly string[] = [...telling, 'predictions.json', 'facts.json', 'run.json'];

/** Parts files that may belong to runs, each with its whole folder, from all others; a look into them tells. */
function partedByRuns(files: readonly Incoming[]): { readonly runs: Incoming[]; readonly others: Incoming[] } {
  const partsOf = ({ name }: Incoming) => {
    const parts = name.split('/');
    return { top: parts.length > 1 ? parts[0]! : '', last: parts.at(-1)! };
  };
  const tops = new Set(files.map(partsOf).flatMap(({ top, last }) => (telling.includes(last) ? [top] : [])));
  const isOfRuns = (file: Incoming) => {
    const { top, last } = partsOf(file);
    return tops.has(top) && (top !== '' || besides.includes(last));
  };
  return { runs: files.filter(isOfRuns), others: files.filter((file) => !isOfRuns(file)) };
}
