import * as v from 'valibot';
import type { TrainInput } from '../engine/train/train.ts';
import { choicesFile } from '../engine/train/choices.ts';
import type { TunedStore } from '../engine/tune/memory.ts';
import type { Database } from '../storage/database.ts';
import { loadRun } from '../storage/runs.ts';
import { loadSetting, saveSetting } from '../storage/settings.ts';

/** What was timed on the devices of this browser, a setting for each adapter. */
export function storedTuning(database: Database): TunedStore {
  const name = (adapter: string) => `tuned ${adapter}`;
  return {
    // No run fails for this: what cannot be read or kept is timed again the next time.
    load: (adapter) => loadSetting(database, name(adapter)).catch(() => undefined),
    save: (adapter, tuned) => saveSetting(database, name(adapter), tuned).catch(() => undefined),
  };
}

/** What the engine chose for the run `id`; nothing where there is no such run, or it has not finished. */
export async function choicesOfRun(database: Database, id: string | undefined): Promise<Pick<TrainInput, 'choices'>> {
  if (id === undefined) return {};
  const parsed = v.safeParse(choicesFile, (await loadRun(database, id))?.record?.engine);
  return parsed.success ? { choices: parsed.output } : {};
}
