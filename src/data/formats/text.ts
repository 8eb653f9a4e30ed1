import type { Sentence } from '../types.ts';
import { wordsOf } from '../words.ts';
import { lineCutter } from './cut.ts';
import type { Format, Opening, Reader, Sample, Sink, Taken } from './format.ts';

/**
 * Plain text without labels: a sentence a line, or a paragraph between blank lines, or sentences that `Intl.Segmenter`
 * finds in paragraphs, which is the usual way where lines are long. Lines of one paragraph are joined by a space.
 */
export const text: Format = {
  id: 'text',
  name: 'Plain text',
  what: 'a sentence a line, nothing labelled',
  extensions: ['.txt'],
  record: 'line',
  detect,
  cutter: lineCutter,
  open,
  write: null,
};

/** Words of a line that reads as prose, and the share of lines that must. Half is what counts as a fit at all. */
const prose = { words: 3, share: 0.5, fit: 0.5 };

/** Anything can be text: only prose is taken for it, and only where nothing else fits better. */
function detect({ lines }: Sample): number {
  const filled = lines.filter((line) => line.trim() !== '');
  const odd = filled.some((line) => line.includes('\0') || /^\s*[[{<]/.test(line));
  const read = filled.filter((line) => !line.includes('\t') && (line.match(/\p{L}{2,}/gu)?.length ?? 0) >= prose.words);
  return !odd && read.length >= prose.share * filled.length && filled.length > 0 ? prose.fit : 0;
}

/** Mean length of lines, in characters, above which they hold whole paragraphs: three sentences or so. */
const paragraphLength = 400;

function usualUnit({ lines }: Sample): 'line' | 'split' {
  const filled = lines.filter((line) => line.trim() !== '');
  const letters = filled.reduce((sum, line) => sum + line.length, 0);
  return letters > paragraphLength * filled.length ? 'split' : 'line';
}

function open({ stem, sample, options }: Opening): Reader {
  const { textUnit = usualUnit(sample), language = 'en' } = options;
  const segmenter = textUnit === 'split' ? segmenterOf(language) : null;
  let paragraph: string[] = [];
  let [first, count] = [0, 0];

  function give(content: string, id: string, sink: Sink): void {
    const words = wordsOf(content);
    if (words.length > 0) sink.sentence({ id, text: content, words, spans: null } satisfies Sentence, first);
  }

  function close(sink: Sink): void {
    const content = paragraph.join(' ');
    paragraph = [];
    if (content === '') return;
    if (segmenter === null) give(content, `${stem}-${String(first)}`, sink);
    for (const sentence of segmenter === null ? [] : sentencesIn(content, segmenter)) {
      if (sentence.trim() !== '') give(sentence.trim(), `${stem}-${String(++count)}`, sink);
    }
  }

  return {
    take({ text: content, line }, sink): Taken {
      const bare = content.replace(/^\ufeff/, '').trim();
      if (bare === '') {
        close(sink);
        return 'blank';
      }
      if (wordsOf(bare).length === 0) return { code: 'empty-sentence', message: 'The line holds no word.' };
      if (textUnit === 'line') {
        first = line;
        give(bare, `${stem}-${String(line)}`, sink);
      } else {
        if (paragraph.length === 0) first = line;
        paragraph.push(bare);
      }
      return 'kept';
    },
    end: close,
    facts: () => ({ textUnit }),
  };
}

/** Characters that are segmented at once: V8 takes ever longer for each sentence of a text of megabytes. */
const windowLength = 20_000;

/** Sentences of a text; one that is longer than a window is cut there. */
function* sentencesIn(content: string, segmenter: Intl.Segmenter): Generator<string> {
  for (let at = 0; at < content.length;) {
    const window = content.slice(at, at + windowLength);
    const sentences = Array.from(segmenter.segment(window), ({ segment }) => segment);
    // The last one may go on behind the window.
    const isEnd = at + window.length === content.length;
    if (!isEnd && sentences.length > 1) sentences.pop();
    for (const sentence of sentences) {
      yield sentence;
      at += sentence.length;
    }
  }
}

/** A language tag that is none counts as English. */
function segmenterOf(language: string): Intl.Segmenter {
  try {
    return new Intl.Segmenter(language, { granularity: 'sentence' });
  } catch {
    return new Intl.Segmenter('en', { granularity: 'sentence' });
  }
}
