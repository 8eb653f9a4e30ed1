import { strToU8 } from 'fflate';
import { datasetFiles } from '../data/bundle/datasetPart.ts';
import type { PartToWrite } from '../data/bundle/write.ts';
import { experimentsName } from '../run/runsFolder.ts';
import { answeredRequests } from './answers.ts';
import type { Database } from './database.ts';
import { listDatasets, sentencesOf } from './datasets.ts';
import { portableExperiments } from './experimentsPart.ts';
import { loadModel } from './models.ts';
import { loadPredictions } from './predictions.ts';
import { factsOfRun } from './runFacts.ts';
import { runFiles } from './runPart.ts';
import { listRuns } from './runs.ts';
import { loadSetting } from './settings.ts';

/** Settings that belong to the project and not to the place: no other one ever leaves the browser. */
export const portableSettings = ['project-name'] as const;

/** In the part of a run that has them, in the form of the command line's file of that name. */
export const answersFile = 'answers.jsonl';
export const settingsFile = 'settings.json';

/** Everything that a bundle can hold, in the order of its writing; each part is read only when it is written. */
export async function backupParts(database: Database): Promise<readonly PartToWrite[]> {
  const datasets = (await listDatasets(database)).map((dataset): PartToWrite => {
    const { id, name, role, findings, source, notice, createdMs } = dataset;
    return {
      kind: 'dataset',
      id,
      name,
      files: async () => {
        const sentences = await sentencesOf(database, id);
        return datasetFiles({ name, role, findings, source, notice, createdMs, sentences });
      },
    };
  });
  const stored = (await listRuns(database)).toReversed();
  const runs = stored.map((run): PartToWrite => ({
    kind: 'run',
    id: run.id,
    name: run.name,
    files: async () => runFiles(run, await loadPredictions(database, run.id), await factsOfRun(database, run)),
  }));
  const models = stored
    .filter(({ modelKept }) => modelKept)
    .map(({ id, name }): PartToWrite => ({
      kind: 'model',
      id,
      name,
      files: async () => {
        const model = await loadModel(database, id);
        // The copy is typed as bytes of its own; IndexedDB gave a clone anyway.
        return new Map([...(model?.files ?? [])].map(([file, bytes]) => [file, new Uint8Array(bytes)]));
      },
    }));
  const settings: PartToWrite = {
    kind: 'settings',
    id: 'settings',
    name: 'Settings of the project',
    files: async () => {
      const values = await Promise.all(portableSettings.map(async (name) => [name, await loadSetting(database, name)]));
      return new Map([
        [settingsFile, json(Object.fromEntries(values))],
        [experimentsName, json(await portableExperiments(database))],
      ]);
    },
  };
  const count = (await answeredRequests(database)).length;
  const answers: PartToWrite = {
    kind: 'answers',
    id: 'answers',
    name: `${String(count)} answers of teachers`,
    files: async () => {
      const lines = (await answeredRequests(database)).map((record) => `${JSON.stringify(record)}\n`);
      return new Map([[answersFile, strToU8(lines.join(''))]]);
    },
  };
  return [...datasets, ...runs, ...models, ...(count > 0 ? [answers] : []), settings];
}

function json(value: unknown): Uint8Array<ArrayBuffer> {
  return strToU8(JSON.stringify(value));
}
