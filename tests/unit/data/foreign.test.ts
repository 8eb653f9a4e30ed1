import { describe, expect, test } from 'vitest';
import { sentenceOf } from '../../../src/core/errorTexts.ts';
import { readData } from '../../../src/data/formats/read.ts';

const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'));
function said(text: string): string {
  try {
    return readData('f', bytesOf(text)).format;
  } catch (error) {
    const { what, next } = sentenceOf(error);
    return `${what} ${next}`;
  }
}

const prose = 'This is a long line of prose that reads as text.\n';

describe('a file that no reader takes is named, with what to do', () => {
  test.each([
    ['PDF', `%PDF-1.4\n${prose.repeat(9)}`, /^f is a PDF.*plain text/],
    ['Word', 'PK\x03\x04\x14\0\0\0[Content_Types].xml\0word/document.xml', /^f is a Word document/],
    ['Excel', 'PK\x03\x04\x14\0\0\0[Content_Types].xml\0xl/workbook.xml', /^f is an Excel workbook.*CSV UTF-8/],
    ['an archive', 'PK\x03\x04\x14\0\0\0a.txt\0', /^f is an archive.*Unpack/],
    ['old Office', '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0', /^f is an old Office document/],
    ['RTF', `{\\rtf1\\ansi\n${prose}`, /^f is a document in RTF/],
    ['gzip', '\x1f\x8b\x08\0\0\xff\xfe', /^f is packed with gzip/],
    ['Parquet', 'PAR1\0\x15\x04', /^f is a Parquet file.*JSON lines/],
    ['a web page', `<!DOCTYPE html>\n${prose}`, /^f is a web page/],
    ['XML', `<?xml version="1.0"?>\n${prose}`, /^f is XML/],
    ['Python’s print', "{'text': 'Ada spoke.', 'spans': []}\n", /single quotes\. Write it by json\.dumps/],
    ['typographic quotes', Buffer.from('{“text”: “Ada”}').toString('latin1'), /^f has typographic quotes/],
    [
      'an object around the list',
      '{"version": 1, "data": [{"text": "Ada spoke."}]}',
      /list inside of an object\. Save/,
    ],
    ['brat', 'T1\tPER 0 3\tAda\nT2\tLOC 10 14\tRome\n', /brat.*anntoconll/],
    ['tags alone', 'B-ORG\nO\nO\n\nB-PER\n', /^f holds tags without their words/],
    ['tags first', 'B-ORG EU\nO rejects\n\nB-PER Peter\n', /^f has a tag before each word/],
    ['commas without a header', 'EU,B-ORG\nrejects,O\n\nPeter,B-PER\n', /commas.*“word,tag”/],
    ['no words at all', '???\n!!!\n', /is in no format that Vermeil reads. It begins with “\?\?\?”/],
  ])('%s', (_, text, wanted) => {
    expect(said(text)).toMatch(wanted);
    expect(said(text)).toMatch(/your file is unchanged\.$/);
  });

  test('what can be read is read, though it begins like one of them', () => {
    expect(said('PAR 1\n'.repeat(3) + prose.repeat(9))).toBe('text');
    expect(said('{"text": "{\'a\': 1}"}\n')).toBe('jsonl');
    expect(said('a O\nb O\nPER B-PER\n')).toBe('conll');
    // NUL bytes at the end, as a crash leaves them.
    expect(said(`{"text": "Ada\0 spoke."}\n{"text": "Rome fell."}\n${'\0'.repeat(200)}`)).toBe('jsonl');
  });
});
