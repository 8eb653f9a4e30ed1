import { AppError } from '../core/errors.ts';
import { sentenceOf } from '../core/errorTexts.ts';
import { readData } from '../data/formats/read.ts';
import type { Sentence } from '../data/types.ts';
import { readAnswers, type RawAnswer } from '../llm/answerFile.ts';
import { groundAnswers, type Grounded, type GroundedAnswer, type Statuses } from '../llm/groundAnswers.ts';
import { sampleNotice } from '../llm/sample.ts';
import type { DatasetsState, HeldDataset } from './datasets.svelte.ts';
import { sampleFolder } from './sample.ts';
import { withId } from './withId.ts';
import type { Services } from './services.ts';

export type { Statuses };

export const promptIds = ['standard', 'cot'] as const;
export type PromptId = (typeof promptIds)[number];

/** The teacher's recorded answers to one prompt, grounded. */
export interface Recorded {
  readonly prompt: string;
  readonly promptId: PromptId;
  readonly sentences: readonly Sentence[];
  readonly answers: readonly RawAnswer[];
  readonly grounded: Grounded;
  readonly notice: string;
}

/** One answer with its sentence, as the review lists it. */
export interface Reviewed {
  readonly sentence: Sentence;
  readonly answer: GroundedAnswer;
  readonly kind: ReviewKind;
}

/** What needs a look, worst first. */
const reviewKinds = [
  'malformed',
  'refused',
  'cut-off',
  'not-found',
  'copied-from-example',
  'unknown-label',
  'overlapping',
  'fuzzy',
  'folded',
] as const;
export type ReviewKind = (typeof reviewKinds)[number];

/** The sample's teacher: which prompt is looked at, and what its answers became. */
export class TeacherState {
  promptId: PromptId = $state('standard');
  recorded: Recorded | null = $state.raw(null);
  problem: { readonly what: string; readonly next: string } | null = $state.raw(null);
  /** Everything that was not grounded exactly. */
  readonly review: readonly Reviewed[] = $derived(reviewOf(this.recorded));

  /** The recorded answers to each prompt, once they were read. */
  answers: Readonly<Partial<Record<PromptId, Recorded>>> = $state.raw({});

  readonly #services: Services;

  constructor(services: Services) {
    this.#services = services;
  }

  /** Reads the answers to every prompt, and looks at those of the present one; what goes wrong is told by `problem`. */
  async begin(): Promise<void> {
    await this.look(this.promptId);
    try {
      for (const promptId of promptIds) await this.read(promptId);
    } catch (error) {
      this.problem = sentenceOf(error);
    }
  }

  /** Reads and grounds the answers to a prompt. */
  async look(promptId: PromptId): Promise<void> {
    this.promptId = promptId;
    this.problem = null;
    try {
      const recorded = await this.read(promptId);
      if (this.promptId === promptId) this.recorded = recorded; // else another prompt was chosen meanwhile
    } catch (error) {
      this.problem = sentenceOf(error);
    }
  }

  /** The recorded answers to a prompt. Throws `file-missing`. */
  async read(promptId: PromptId): Promise<Recorded> {
    const known = this.answers[promptId];
    if (known !== undefined) return known;
    const [prompt = '', texts = '', raw = ''] = await Promise.all(
      [`prompt-${promptId}.md`, 'unlabelled-train.jsonl', `answers-${promptId}.jsonl`].map((name) =>
        this.#services.fetchText(sampleFolder + name),
      ),
    );
    const { sentences } = readData('unlabelled-train.jsonl', new TextEncoder().encode(texts), 'jsonl');
    const { answers } = readAnswers(raw);
    // The second prompt was put to the first sentences only: the others have no answer because they were not asked.
    const chosen = withId(sentences, answers);
    const grounded = groundAnswers(chosen, answers);
    const recorded = { promptId, prompt, sentences: chosen, answers, grounded, notice: sampleNotice };
    this.answers = { ...this.answers, [promptId]: recorded };
    return recorded;
  }

  /**
   * Grounds a file of answers in an unlabelled dataset and adds the result as silver. Throws `data-invalid` where no
   * answer belongs to a sentence of the dataset.
   */
  async addAnswers(dataset: HeldDataset, file: File, datasets: DatasetsState): Promise<void> {
    const read = readAnswers(await file.text());
    const { sentences, findings, statuses } = groundAnswers(dataset.sentences, read.answers);
    if (statuses.missing === sentences.length) {
      const reason = `no line of ${file.name} answers a sentence of ${dataset.name}`;
      throw new AppError('data-invalid', reason, { reason });
    }
    await datasets.add([
      {
        name: `${dataset.name}, ${file.name.replace(/\.[^.]+$/, '')}`,
        role: 'silver',
        sentences,
        findings: [...read.findings, ...findings],
        source: { fileName: file.name, format: 'answers' },
        notice: dataset.notice,
      },
    ]);
  }
}

function reviewOf(recorded: Recorded | null): readonly Reviewed[] {
  if (recorded === null) return [];
  const { sentences, grounded } = recorded;
  return grounded.answers
    .flatMap((answer, i): Reviewed[] => {
      const sentence = grounded.sentences[i] ?? sentences[i];
      const kind = kindOf(answer);
      return kind === null || sentence === undefined ? [] : [{ sentence, answer, kind }];
    })
    .sort((a, b) => reviewKinds.indexOf(a.kind) - reviewKinds.indexOf(b.kind));
}

/** The worst of what happened to an answer; null where all of it was exact. */
function kindOf({ answer, items }: GroundedAnswer): ReviewKind | null {
  if (answer === null) return null;
  if (answer.kind !== 'entities') return answer.kind;
  return reviewKinds.find((kind) => items.some(({ status }) => status === kind)) ?? null;
}
