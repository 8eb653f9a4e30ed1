import type { App } from './app.svelte.ts';
import type { Incoming } from './incoming.ts';

/**
 * Leads files to where they are looked into, told by content: a bundle, or runs of the command line, to the project's panel,
 * settings to the Train page, all others to the Data page. Nothing is added before the person says so.
 */
export async function bring(
  { project, configIn, importing, router }: Pick<App, 'project' | 'configIn' | 'importing' | 'router'>,
  files: readonly Incoming[],
): Promise<void> {
  const { runs, others } = partedByRuns(files);
  const areRuns = runs.length > 0 && (await project.open(...runs));
  const data: Incoming[] = [];
  for (const incoming of areRuns ? others : files) {
    const isBundle = incoming.name.toLowerCase().endsWith('.zip') && (await project.open(incoming));
    if (isBundle) project.shown = true;
    else if (await configIn.open(incoming)) router.go('train');
    else data.push(incoming);
  }
  if (areRuns) project.shown = true;
  if (data.length === 0) return;
  router.go('data');
  await importing.take(data);
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
