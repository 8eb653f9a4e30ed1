import { readData } from '../data/formats/read.ts';
import { shippedPrompts } from '../llm/prompts/shipped.ts';
import type { Labelling, Probe } from './quality.ts';
import { sampleFolder } from './sample.ts';
import type { Recorded, TeacherState } from './teacher.svelte.ts';

/** The sample's gold with the recorded answers to both prompts: a teacher that can be judged without a key. */
export interface SampleTeacher {
  readonly probe: Probe;
  readonly labellings: readonly Labelling[];
}

const names = { standard: 'standard prompt', cot: 'chain of thought' } as const;

/** Reads and grounds them. Throws `file-missing`. */
export async function loadSampleTeacher(
  teacher: Pick<TeacherState, 'read'>,
  fetchText: (path: string) => Promise<string>,
): Promise<SampleTeacher> {
  const file = 'gold-train.jsonl';
  const gold = readData(file, new TextEncoder().encode(await fetchText(sampleFolder + file)), 'jsonl').sentences;
  return {
    probe: { id: 'sample', name: 'speeches, reference', sentences: gold, datasetId: null },
    labellings: [labellingOf(await teacher.read('standard')), labellingOf(await teacher.read('cot'))],
  };
}

function labellingOf({ promptId, grounded }: Recorded): Labelling {
  return {
    ...{ id: `recorded-${promptId}`, name: names[promptId], sentences: grounded.sentences },
    ...{ datasetId: null, costs: [], simulated: false, promptHash: shippedPrompts[promptId].hash },
  };
}
