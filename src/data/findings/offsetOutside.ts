import type { Span } from '../types.ts';
import { allNamed, sentenceCheck } from './check.ts';

export const offsetOutside = sentenceCheck({
  id: 'offset-outside',
  title: 'Spans outside their text',
  rule: 'They are cut off at the end of the text; what is then empty is removed.',
  severity: 'error',
  see({ text, spans }) {
    const wrong = spans?.filter(({ start, end }) => start < 0 || end > text.length || start >= end) ?? [];
    if (spans === null || wrong.length === 0) return null;
    const cut = spans.flatMap((span): Span[] => {
      const [start, end] = [Math.max(0, span.start), Math.min(text.length, span.end)];
      return start < end ? [{ ...span, start, end }] : [];
    });
    const message = `${allNamed(text, wrong)}: the text has ${String(text.length)} characters.`;
    return { message, fix: { kind: 'spans', spans: cut } };
  },
});
