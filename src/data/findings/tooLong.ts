import { sentenceCheck } from './check.ts';

export const tooLong = sentenceCheck({
  id: 'too-long',
  title: 'Sentences longer than the model takes at once',
  rule: null,
  severity: 'note',
  see(sentence, { pieces, mostPieces }) {
    if (pieces === undefined || mostPieces === undefined) return null;
    if (sentence.text.length <= mostPieces) return null; // a piece has a character at least: few need counting
    const count = pieces(sentence);
    if (count <= mostPieces) return null;
    return {
      message: `It has ${String(count)} pieces, more than ${String(mostPieces)}: it is read in several windows.`,
    };
  },
});
