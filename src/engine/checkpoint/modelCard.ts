import { labelOfTag } from '../../data/labels.ts';
import type { Score, Scores } from '../../eval/scores.ts';
import type { RunRecord } from '../../run/events.ts';
import { regimens } from '../../run/regimens.ts';
import type { TrainedModel } from '../model/trained.ts';

/** What the model card says besides what the model itself tells. */
export interface ExportFacts {
  readonly record: RunRecord;
  /** Name of the checkpoint that the training began with. */
  readonly checkpointName: string;
  /** Sentences by role; a role that was not used is 0. */
  readonly sentences: { readonly silver: number; readonly gold: number; readonly dev: number; readonly test: number };
  /** Where the sample was used: the sentence that language models wrote all of its labels. Null otherwise. */
  readonly notice: string | null;
}

/** The `README.md` of an exported model, with the metadata block that Hugging Face's hub reads. */
export function modelCard(model: TrainedModel, { record, checkpointName, sentences, notice }: ExportFacts): string {
  const { config } = record;
  const labels = [...new Set(model.tags.map(labelOfTag).filter((label) => label !== null))];
  const counts = (['silver', 'gold', 'dev', 'test'] as const).map((role) => `${role} ${String(sentences[role])}`);
  return [
    '---',
    'library_name: transformers',
    'pipeline_tag: token-classification',
    'tags:',
    '- ner',
    '- vermeil',
    '---',
    '',
    '# A named entity recogniser trained with Vermeil',
    '',
    `A BERT token classifier with ${String(model.config.layers)} layers of width ${String(model.config.hidden)}. It finds: ${labels.join(', ')}.`,
    'Silver labels come from a language model, gold labels are those the user trusts.',
    ...(notice === null ? [] : ['', `**About the labels.** ${notice}`]),
    '',
    '## Training',
    '',
    `- Began with: ${checkpointName}`,
    `- Regimen: ${regimens[config.regimen].name} (${regimens[config.regimen].what})`,
    `- Sentences: ${counts.join(', ')}`,
    `- Optimizer steps: ${String(record.steps)}, batch ${String(config.batchSize)}, learning rate ${String(config.learningRate)}, seed ${String(config.seed)}`,
    `- Parameters kept: ${record.selection === 'last' ? 'the last ones' : 'those with the best dev F1'}`,
    `- Device: ${record.device.name} (${record.device.adapter})`,
    `- Vermeil ${record.appVersion}`,
    ...scoreSection('Scores on test', record.scores.test),
    ...scoreSection('Scores on dev', record.scores.dev),
    '',
    '## Use',
    '',
    'The first piece of a word carries its tag; words are cut at white space and punctuation. Sentences longer than',
    `${String(model.maxPieces)} pieces were read in overlapping windows.`,
    '',
    '```python',
    'from transformers import pipeline',
    'ner = pipeline("token-classification", model=".", aggregation_strategy="first")',
    '```',
    '',
  ].join('\n');
}

function scoreSection(title: string, scores: Scores | undefined): string[] {
  if (scores === undefined) return [];
  const row = (name: string, score: Score) =>
    `| ${name} | ${[score.precision, score.recall, score.f1].map((value) => value.toFixed(3)).join(' | ')} | ${String(score.support)} |`;
  return [
    '',
    `## ${title}`,
    '',
    'Whole entities; the default reading is that of conlleval, the strict one wants IOB2.',
    '',
    '| | precision | recall | F1 | entities |',
    '|---|---|---|---|---|',
    ...Object.entries(scores.default.labels).map(([label, score]) => row(label, score)),
    row('all (micro)', scores.default.micro),
    row('all (micro, strict)', scores.strict.micro),
  ];
}
