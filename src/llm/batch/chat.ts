import type { RawAnswer } from '../answerFile.ts';
import type { Question } from '../providers/provider.ts';
import { batchIdOf } from './customId.ts';

/** One text for a chat window: the prompt once, then the sentences with their ids; asked for is one JSON line a sentence. */
export function chatText(questions: readonly Question[]): string {
  const system = questions[0]?.prompt.system ?? '';
  const sentences = questions.map(({ sentenceId, prompt }) => `[${batchIdOf(sentenceId)}] ${oneLine(prompt.user)}`);
  return [
    system,
    '',
    `Below are ${String(questions.length)} sentences, each with its id in brackets. Treat each by itself.`,
    'Whatever form was asked for above: end with one line of JSON for each sentence, in a code block, also for sentences without entities:',
    '{"id": "<id>", "entities": [{"text": "<exact words from the sentence>", "type": "<type>"}, ...]}',
    '',
    ...sentences,
    '',
  ].join('\n');
}

/** A sentence may hold line breaks; the prompt's own word before it says nothing here. */
function oneLine(user: string): string {
  return user.replace(/^Sentence: /, '').replace(/\s+/g, ' ');
}

const answerStart = /\{\s*["'“”]?id["'“”]?\s*:\s*(?:["'“”]([^"'“”\n]+)["'“”]|(\d+))/g;

/**
 * What a chat answered, copied as it stands: everything from one `{"id": …` to the next is the answer to one sentence, so
 * that damage to one leaves the others whole. Empty where there is none.
 */
export function readChat(text: string): RawAnswer[] {
  const starts = [...text.matchAll(answerStart)];
  let [line, counted] = [1, 0];
  const answers = starts.map(({ 0: all, 1: quoted, 2: number, index }, i): RawAnswer => {
    line += text.slice(counted, index).match(/\r\n|\r|\n/g)?.length ?? 0;
    counted = index;
    const end = starts[i + 1]?.index ?? text.length;
    // Without its id the object is what `parseAnswer` reads; the comma after it goes too.
    const rest = text.slice(index + all.length, end).replace(/^\s*,/, '');
    return { id: quoted ?? number ?? '', response: `{${rest.trimEnd().replace(/,$/, '')}`, line };
  });
  // A whole conversation was saved: the form that was asked for is not an answer.
  return answers.filter(({ id }) => id !== '<id>');
}
