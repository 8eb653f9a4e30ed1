import { sentenceOf } from '../core/errorTexts.ts';
import { readData } from '../data/formats/read.ts';
import type { Sentence } from '../data/types.ts';
import { readAnswers, type RawAnswer } from '../llm/answerFile.ts';
import { groundAnswers, type Grounded, type Statuses } from '../llm/groundAnswers.ts';
import { sampleNotice } from '../llm/sample.ts';
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

/** The sample's teacher: which prompt is looked at, and what its answers became. */
export class TeacherState {
  promptId: PromptId = $state('standard');
  recorded: Recorded | null = $state.raw(null);
  problem: { readonly what: string; readonly next: string } | null = $state.raw(null);
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
}
