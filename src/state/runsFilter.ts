import { regimenIds, type RegimenId } from '../run/config.ts';
import { variantName } from '../run/experiment/variant.ts';
import type { StoredRun } from '../storage/runs.ts';

/** How a run stands, as the list tells it; `cut` = under way when its page was closed or reloaded. */
export const runStates = ['finished', 'running', 'waiting', 'cut', 'stopped', 'failed'] as const;
export type RunState = (typeof runStates)[number];

/** Which runs of the list are shown; '' = any. */
export interface RunFilter {
  /** Found in name, notes, tags or the way of training, whatever the case. */
  readonly text: string;
  readonly tag: string;
  readonly regimen: RegimenId | '';
  readonly state: RunState | '';
}

export const noRunFilter: RunFilter = { text: '', tag: '', regimen: '', state: '' };

/** `isLive`: whether a page or its worker has the run in hand. */
export function runStateOf({ status }: StoredRun, isLive: boolean): RunState {
  if (status === 'queued') return 'waiting';
  if (status === 'running' || status === 'paused') return isLive ? 'running' : 'cut';
  return status;
}

/** The runs that fit, in their order; those that wait come last, since they have nothing to show. */
export function filterRuns(
  runs: readonly StoredRun[],
  { text, tag, regimen, state }: RunFilter,
  isLive: (run: StoredRun) => boolean,
): readonly StoredRun[] {
  const wanted = text.trim().toLowerCase();
  const shown = runs.filter(
    (run) =>
      (tag === '' || run.tags.includes(tag)) &&
      (regimen === '' || run.config.regimen === regimen) &&
      (state === '' || runStateOf(run, isLive(run)) === state) &&
      (wanted === '' || textsOf(run).some((said) => said.toLowerCase().includes(wanted))),
  );
  return [...shown.filter(({ status }) => status !== 'queued'), ...shown.filter(({ status }) => status === 'queued')];
}

function textsOf({ name, notes, tags, config }: StoredRun): readonly string[] {
  return [name, notes, ...tags, variantName(config)];
}

/** Tags as a person types them, between commas; each once, in their order. */
export function tagsOfText(text: string): readonly string[] {
  const tags = text.split(/[,;\n]+/).map((tag) => tag.trim().replace(/\s+/g, ' ').slice(0, 40));
  return [...new Set(tags.filter((tag) => tag !== ''))];
}

/** The filter in an address; what is unknown means any. */
export function runFilterOf(query: string): RunFilter {
  const said = new URLSearchParams(query);
  return {
    text: said.get('text') ?? '',
    tag: said.get('tag') ?? '',
    regimen: regimenIds.find((id) => id === said.get('regimen')) ?? '',
    state: runStates.find((one) => one === said.get('state')) ?? '',
  };
}

/** The address' query with this filter in it; its other members stay. */
export function queryWithFilter(query: string, filter: RunFilter): string {
  const said = new URLSearchParams(query);
  for (const [name, value] of Object.entries(filter)) {
    if (value === '') said.delete(name);
    else said.set(name, String(value));
  }
  return said.toString();
}
