import { insidePair, wholeCharacters } from '../formats/units.ts';
import { allNamed, sentenceCheck } from './check.ts';

export const offsetInCharacter = sentenceCheck({
  id: 'offset-in-character',
  title: 'Spans that cut a character in two',
  rule: 'They are widened to the whole character.',
  severity: 'warning',
  see({ text, spans }) {
    const wrong = spans?.filter(({ start, end }) => insidePair(text, start) || insidePair(text, end)) ?? [];
    if (spans === null || wrong.length === 0) return null;
    const whole = spans.map((span) => ({ ...span, ...wholeCharacters(text, span) }));
    return {
      message: `Inside a character of two code units: ${allNamed(text, wrong)}.`,
      fix: { kind: 'spans', spans: whole },
    };
  },
});
