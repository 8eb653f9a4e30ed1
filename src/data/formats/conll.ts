import { AppError } from '../../core/errors.ts';
import { spansOfTags, tagsOfSpans } from '../bio.ts';
import type { Range, Sentence } from '../types.ts';
import { layoutOf, lineAs, type Row } from './columns.ts';
import { lineCutter } from './cut.ts';
import type { Format, Opening, Reader, Sample, Sink, Taken } from './format.ts';
import { watchScheme } from './scheme.ts';

/**
 * CoNLL columns: one word a line, its tag in the last of 2 to 4 columns, a blank line after each sentence. The text of a
 * sentence is its words joined by single spaces. `-DOCSTART-` lines and CoNLL-U's `newdoc` number documents in
 * `meta.document`; `# sent_id` names a sentence.
 */
export const conll: Format = {
  id: 'conll',
  name: 'CoNLL columns',
  what: 'one word a line with its tag (B-PER, I-PER, O) in the last column, a blank line between sentences',
  extensions: ['.conll', '.txt', '.iob', '.bio', '.tsv'],
  record: 'line',
  detect,
  cutter: lineCutter,
  open,
  write: {
    keeps: {
      ids: false,
      text: false,
      words: true,
      anySpans: false,
      unlabelled: false,
      meta: false,
      authors: false,
      doubts: false,
    },
    text: write,
  },
};

function detect({ lines }: Sample): number {
  const layout = layoutOf(lines, 1);
  const kinds = lines.map((line) => lineAs(line, layout).kind).filter((kind) => kind !== 'blank');
  return kinds.includes('row') ? kinds.filter((kind) => kind !== 'wrong').length / kinds.length : 0;
}

function open({ stem, sample, options }: Opening): Reader {
  const layout = layoutOf(sample.lines, 1);
  const scheme = watchScheme(options.strayOpenings);
  let rows: (Row & { readonly text: string })[] = [];
  let [sentences, documents] = [0, 0];
  let named: string | null = null;

  function close(sink: Sink): void {
    if (rows.length === 0) return;
    const id = named ?? `${stem}-${String(++sentences)}`;
    const { text, words } = joinWords(rows.map(({ word }) => word));
    const tags = rows.map(({ line, tags, text }) => ({ line, tag: tags[0]!, text }));
    const spans = spansOfTags(scheme.take(tags), words);
    const meta = documents > 0 && { meta: { document: String(documents) } };
    sink.sentence({ id, text, words, spans, ...meta }, rows[0]!.line);
    [rows, named] = [[], null];
  }

  return {
    take({ text, line }, sink): Taken {
      const read = lineAs(text, layout);
      switch (read.kind) {
        case 'row':
          rows.push({ line, word: read.word, tags: read.tags, text });
          return 'kept';
        case 'wrong':
          return { code: 'malformed-line', message: read.problem };
        case 'skipped':
          return 'structure';
        case 'comment':
          close(sink);
          if (read.name === 'sent_id') named = read.value === '' ? null : read.value;
          if (read.name === 'newdoc' || read.name === 'newdoc id') documents++;
          return 'structure';
        case 'document':
          close(sink);
          documents++;
          return 'structure';
        case 'blank':
          close(sink);
          return 'blank';
      }
    },
    end(sink) {
      close(sink);
      for (const found of scheme.end()) sink.find(found.code, found.severity, found.line, found.message, found.excerpt);
    },
    facts() {
      const told = scheme.scheme();
      return told === null ? {} : { scheme: told };
    },
  };
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

/** Columns are parted by a space, by TAB where a word or a label holds a space. Documents are marked where they change. */
function write(sentences: readonly Sentence[]): string {
  const blocks = sentences
    .filter(({ words }) => words.length > 0)
    .map((sentence) => ({ sentence, rows: rowsOf(sentence) }));
  const spaced = blocks.some(({ rows }) => rows.some(([word, tag]) => word.includes(' ') || tag.includes(' ')));
  const separator = spaced ? '\t' : ' ';
  let document: string | undefined;
  const parts: string[] = [];
  for (const { sentence, rows } of blocks) {
    const its = sentence.meta?.['document'];
    if (its !== document) parts.push(`-DOCSTART-${separator}O\n\n`);
    document = its;
    parts.push(`${rows.map((row) => row.join(separator)).join('\n')}\n\n`);
  }
  return parts.join('');
}

function rowsOf({ id, text, words, spans }: Sentence): (readonly [word: string, tag: string])[] {
  const refuse = (reason: string) => new AppError('data-invalid', reason, { reason });
  if (spans === null) {
    throw refuse(
      `sentence ${id} is not labelled, and CoNLL columns cannot say so: O would mean that it holds no entity`,
    );
  }
  const { tags } = tagsOfSpans(words, spans);
  return words.map(({ start, end }, i) => {
    const [word, tag] = [text.slice(start, end), tags[i]!];
    if (/[\t\r\n]/.test(word + tag)) {
      throw refuse(`sentence ${id}: “${word} ${tag}” holds a TAB or a line end, which CoNLL columns cannot keep`);
    }
    return [word, tag];
  });
}
