import { AppError } from '../../core/errors.ts';
import { spansOfTags, tagsOfSpans } from '../bio.ts';
import { spanFindings } from '../checks.ts';
import type { Range, Sentence } from '../types.ts';
import { isDocumentMark, isRow, readRows } from './columns.ts';
import type { Format, ReadResult } from './format.ts';
import { toIob2 } from './scheme.ts';

/**
 * CoNLL columns: one word a line, its tag in the last of 2 to 4 columns, a blank line after each sentence. The text of a
 * sentence is its words joined by single spaces.
 */
export const conll: Format = {
  id: 'conll',
  name: 'CoNLL columns',
  what: 'one word a line with its tag (B-PER, I-PER, O) in the last column, a blank line between sentences',
  extensions: ['.conll', '.txt', '.iob', '.bio', '.tsv'],
  detect: (lines) => lines.filter((line) => isDocumentMark(line) || isRow(line, 1)).length / lines.length,
  read,
  write,
  losses: (sentences) => sentences.flatMap((sentence, i) => spanFindings(sentence, i + 1)),
};

function read(text: string, stem: string): ReadResult {
  const { sentences: rows, findings } = readRows(text, 1);
  const scheme = toIob2(rows.map((sentence) => sentence.map(({ line, tags }) => ({ line, tag: tags[0]! }))));
  const sentences = rows.map((sentence, i): Sentence => {
    const { text, words } = joinWords(sentence.map(({ word }) => word));
    return { id: `${stem}-${String(i + 1)}`, text, words, spans: spansOfTags(scheme.tags[i]!, words) };
  });
  return { sentences, findings: [...findings, ...scheme.findings] };
}

/** A text made of words with one space between them, and where each stands in it. */
export function joinWords(words: readonly string[]): { text: string; words: Range[] } {
  let at = 0;
  const ranges = words.map((word) => {
    const range = { start: at, end: at + word.length };
    at = range.end + 1;
    return range;
  });
  return { text: words.join(' '), words: ranges };
}

function write(sentences: readonly Sentence[]): string {
  return sentences
    .filter(({ words }) => words.length > 0)
    .map((sentence) => `${linesOfSentence(sentence).join('\n')}\n\n`)
    .join('');
}

function linesOfSentence({ id, text, words, spans }: Sentence): string[] {
  if (spans === null) {
    const reason = `sentence ${id} is not labelled, and CoNLL columns cannot say so: O would mean that it holds no entity`;
    throw new AppError('data-invalid', reason, { reason });
  }
  const { tags } = tagsOfSpans(words, spans);
  return words.map(({ start, end }, i) => {
    const word = text.slice(start, end);
    if (/[ \t\r\n]/.test(word + tags[i]!)) {
      const reason = `sentence ${id}: “${word} ${tags[i]!}” holds a space, which CoNLL columns cannot keep`;
      throw new AppError('data-invalid', reason, { reason });
    }
    return `${word} ${tags[i]!}`;
  });
}
