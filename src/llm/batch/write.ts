import { AppError } from '../../core/errors.ts';
import { parseJson } from '../../core/decode.ts';
import { anthropic } from '../providers/anthropic.ts';
import { openai } from '../providers/openai.ts';
import type { HttpProvider, Question, TeacherSettings } from '../providers/provider.ts';
import { chatText } from './chat.ts';
import { customIdOf } from './customId.ts';

export const batchForms = ['openai', 'anthropic', 'plain', 'chat'] as const;
/** How requests are written: for a provider's batch, for a script of one's own, or to be pasted into a chat by hand. */
export type BatchForm = (typeof batchForms)[number];

export interface BatchFile {
  /** Ending with its dot. */
  readonly extension: string;
  readonly text: string;
}

interface Form {
  readonly name: string;
  /** What a person does with the files. */
  readonly help: string;
  /** Most requests of one file. */
  readonly most: number;
  readonly extension: string;
  text(questions: readonly Question[], settings: TeacherSettings): string;
}

/**
 * OpenAI: Batch API guide, read October 2025: at most 50,000 requests and 200 MB a file. Anthropic: Message Batches, body of
 * `POST /v1/messages/batches`: at most 100,000 requests and 256 MB.
 */
export const forms: Readonly<Record<BatchForm, Form>> = {
  openai: {
    name: 'OpenAI batch',
    help: 'Upload the file with the purpose “batch”, create a batch for /v1/chat/completions, and bring the output file and the error file back.',
    most: 50_000,
    extension: '.jsonl',
    text: (questions, settings) =>
      linesOf(questions, (question) => ({
        custom_id: customIdOf(question.sentenceId, question.sample),
        method: 'POST',
        url: '/v1/chat/completions',
        body: bodyOf(openai, settings, question),
      })),
  },
  anthropic: {
    name: 'Anthropic message batch',
    help: 'Send the file as the body of POST /v1/messages/batches, and bring the results file back.',
    most: 100_000,
    extension: '.json',
    text: (questions, settings) => {
      const requests = questions.map((question) =>
        JSON.stringify({
          custom_id: customIdOf(question.sentenceId, question.sample),
          params: bodyOf(anthropic, settings, question),
        }),
      );
      return `{"requests": [\n${requests.join(',\n')}\n]}\n`;
    },
  },
  plain: {
    name: 'JSON lines',
    help: 'One request a line for a script of your own, which writes {"id", "sample", "response"} a line.',
    most: Infinity,
    extension: '.jsonl',
    text: (questions) =>
      linesOf(questions, ({ sentenceId, sample, prompt: { system, user, structured } }) => ({
        ...{ id: sentenceId, sample, system, user },
        ...(structured !== null && { schema: structured }),
      })),
  },
  chat: {
    name: 'Chat window',
    help: 'Texts to paste into a chat, each into a new one. The whole answers come back as they are, pasted or as files.',
    most: 20,
    extension: '.txt',
    text: (questions) => chatText(questions),
  },
};

/**
 * Files that hold all requests, in order, each as long as its form allows. Keys are in none of them. Throws `data-invalid`
 * for several samples in the form `chat`, whose answers could not be told apart, and where there is nothing to ask.
 */
export function batchFiles(
  form: BatchForm,
  questions: readonly Question[],
  settings: TeacherSettings,
  most = forms[form].most,
): BatchFile[] {
  const refuse = (reason: string) => new AppError('data-invalid', reason, { reason });
  if (questions.length === 0) throw refuse('there is no sentence to ask about');
  if (form === 'chat' && questions.some(({ sample }) => sample > 0)) {
    throw refuse('a chat window takes one sample of each sentence');
  }
  const { text, extension } = forms[form];
  const files: BatchFile[] = [];
  for (let i = 0; i < questions.length; i += Math.min(most, questions.length)) {
    files.push({ extension, text: text(questions.slice(i, i + most), settings) });
  }
  return files;
}

function linesOf(questions: readonly Question[], line: (question: Question) => object): string {
  return questions.map((question) => `${JSON.stringify(line(question))}\n`).join('');
}

/** The body that the provider would be sent; batches are paid for by the account that uploads them, so there is no key. */
function bodyOf(provider: HttpProvider, settings: TeacherSettings, { prompt }: Question): unknown {
  const parsed = parseJson(provider.request(settings, prompt, '').body ?? '{}');
  return parsed.ok ? parsed.value : {};
}
