import { readData } from '../data/formats/read.ts';
import { readAnswers } from '../llm/answerFile.ts';
import { groundAnswers } from '../llm/groundAnswers.ts';
import { shippedPrompts } from '../llm/prompts/shipped.ts';
import type { PromptTemplate } from '../llm/prompts/template.ts';
import { sampleNotice } from '../llm/sample.ts';
import type { Labelling, Probe } from './quality.ts';
import { sampleFolder } from './sample.ts';
import { withId } from './withId.ts';

/** The sample's gold with the recorded answers to both prompts: a teacher that can be judged without a key. */
export interface SampleTeacher {
  readonly probe: Probe;
  readonly labellings: readonly Labelling[];
  readonly notice: string;
}

/** Reads and grounds them. Throws `file-missing`. */
export async function loadSampleTeacher(fetchText: (path: string) => Promise<string>): Promise<SampleTeacher> {
  const [gold = '', texts = '', standard = '', cot = ''] = await Promise.all(
    ['gold-train.jsonl', 'unlabelled-train.jsonl', 'answers-standard.jsonl', 'answers-cot.jsonl'].map((name) =>
      fetchText(sampleFolder + name),
    ),
  );
  const read = (name: string, text: string) => readData(name, new TextEncoder().encode(text), 'jsonl').sentences;
  const unlabelled = read('unlabelled-train.jsonl', texts);
  const labelling = (id: string, name: string, raw: string, { hash }: PromptTemplate): Labelling => {
    const { answers } = readAnswers(raw);
    // The second prompt was put to the first sentences only: the others have no answer because they were not asked.
    const { sentences } = groundAnswers(withId(unlabelled, answers), answers);
    return { id, name, sentences, datasetId: null, costs: [], simulated: false, promptHash: hash };
  };
  return {
    probe: { id: 'sample', name: 'speeches, reference', sentences: read('gold-train.jsonl', gold), datasetId: null },
    labellings: [
      labelling('recorded-standard', 'standard prompt', standard, shippedPrompts.standard),
      labelling('recorded-cot', 'chain of thought', cot, shippedPrompts.cot),
    ],
    notice: sampleNotice,
  };
}
