import { spanFindings } from '../checks.ts';
import type { Finding, Sentence } from '../types.ts';
import { asCut } from '../words.ts';
import { joinWords } from './wordRows.ts';
import type { FormatId, Keeps } from './format.ts';
import { formats } from './formats.ts';

/** One side of sentences that a format may not keep. */
interface Side {
  readonly side: keyof Keeps;
  /** Whether there is anything to lose. */
  has(sentence: Sentence, index: number): boolean;
  readonly severity: Finding['severity'];
  readonly message: string;
}

/** All sides but `anySpans`, whose losses are told span by span. */
const sides: readonly Side[] = [
  {
    side: 'unlabelled',
    has: ({ spans }) => spans === null,
    severity: 'error',
    message: 'are not labelled, and the format cannot say so: it cannot be written.',
  },
  {
    side: 'text',
    has: ({ text, words }) => joinWords(words.map(({ start, end }) => text.slice(start, end))).text !== text,
    severity: 'warning',
    message: 'have other spacing than one space between words: their text comes back with single spaces.',
  },
  {
    side: 'words',
    has: ({ text, words }) => !asCut(text, words),
    severity: 'warning',
    message: 'have words of their own cut: the words will be cut anew.',
  },
  {
    side: 'meta',
    has: ({ meta }) => meta !== undefined,
    severity: 'note',
    message: 'have metadata, which are not kept.',
  },
  {
    side: 'authors',
    has: ({ authors }) => authors !== undefined,
    severity: 'note',
    message: 'say who made their labels, which is not kept.',
  },
  {
    side: 'doubts',
    has: ({ masked, weight }) => masked !== undefined || weight !== undefined,
    severity: 'warning',
    message: 'have words that are masked from the loss or a weight, which is not kept.',
  },
];

/**
 * What `writeData` would lose, as findings whose `line` counts sentences from 1: one for each span that tags cannot keep,
 * and one for each other side of sentences, at the first that has it, with the number that do.
 */
export function lossesOfWriting(format: FormatId, sentences: readonly Sentence[]): readonly Finding[] {
  const { write } = formats[format];
  if (write === null) return [];
  const { keeps } = write;
  const told = sides.filter(({ side }) => !keeps[side]).flatMap((side) => lossOf(side, sentences));
  const ids = !keeps.ids && !numbered(sentences) ? [idLoss] : [];
  const spans = keeps.anySpans ? [] : sentences.flatMap((sentence, i) => spanFindings(sentence, i + 1));
  return [...told, ...ids, ...spans].sort((a, b) => a.line - b.line);
}

function lossOf({ has, side, severity, message }: Side, sentences: readonly Sentence[]): Finding[] {
  const first = sentences.findIndex(has);
  if (first < 0) return [];
  const count = sentences.filter(has).length;
  const code = side === 'unlabelled' ? 'not-labelled' : 'not-kept';
  return [
    {
      code,
      severity,
      line: first + 1,
      message: `${String(count)} of ${String(sentences.length)} sentences ${message}`,
    },
  ];
}

const idLoss: Finding = {
  code: 'not-kept',
  severity: 'note',
  line: 1,
  message: 'Ids of sentences are not kept: they are numbered anew.',
};

/** Whether ids are no more than numbers in order, as readers give them: making them anew loses nothing. */
function numbered(sentences: readonly Sentence[]): boolean {
  const stem = sentences[0]?.id.replace(/\d+$/, '') ?? '';
  let before = 0;
  return sentences.every(({ id }) => {
    const number = id.startsWith(stem) && /^\d+$/.test(id.slice(stem.length)) ? Number(id.slice(stem.length)) : 0;
    const follows = number > before;
    before = number;
    return follows;
  });
}
