import { AppError } from '../../core/errors.ts';
import { tagsOfSpans } from '../bio.ts';
import type { Sentence } from '../types.ts';
import { layoutOf, lineAs } from './columns.ts';
import { lineCutter } from './cut.ts';
import type { Format, Opening, Reader, Sample, Sink, Taken } from './format.ts';
import { gatherWords } from './wordRows.ts';

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

function open(opening: Opening): Reader {
  const layout = layoutOf(opening.sample.lines, 1);
  const words = gatherWords(opening);
  let documents = 0;
  let named: string | null = null;

  function close(sink: Sink): void {
    const meta = documents > 0 && { meta: { document: String(documents) } };
    if (words.close(sink, { id: named, ...meta })) named = null;
  }

  return {
    take({ text, line }, sink): Taken {
      const read = lineAs(text, layout);
      switch (read.kind) {
        case 'row':
          words.add({ line, word: read.word, tag: read.tags[0]!, text });
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
      words.end(sink);
    },
    facts: () => words.facts(),
  };
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
