import { preview } from '../../core/decode.ts';
import { AppError } from '../../core/errors.ts';
import type { Finding, RecordCounts, Sentence } from '../types.ts';
import type { Cutter, Piece } from './cut.ts';
import type { FileFacts, FormatId, Reader, ReadOptions, Sample, Sink } from './format.ts';
import { foreignDocument, foreignSlip, type Foreign } from './foreign.ts';
import { formats } from './formats.ts';
import { aboutSentence, placesInFile } from './places.ts';

/** Characters of a line that a finding shows. */
const excerptLength = 160;

/** One file being read: text goes in by parts, sentences and findings come out as they are found. */
export interface Session {
  readonly format: FormatId;
  push(text: string): void;
  end(): void;
  /** Takes out what was found since the last time, findings in order of lines within it. */
  take(): { sentences: Sentence[]; findings: Finding[] };
  /** A finding with the sentence that it is about, once all lines around it were read; see `placesInFile`. */
  about(finding: Finding): Finding;
  records(): RecordCounts;
  facts(): FileFacts;
}

/** Opens a reader for a file whose beginning is known. */
export function openSession(
  fileName: string,
  sample: Sample,
  format: FormatId | undefined,
  options: ReadOptions,
): Session {
  const id = format ?? formatOfSample(fileName, sample);
  const cutter: Cutter = formats[id].cutter(sample);
  const reader: Reader = formats[id].open({ stem: stemOf(fileName), sample, options });
  const counts = { kept: 0, structure: 0, leftOut: 0 };
  let sentences: Sentence[] = [];
  let findings: Finding[] = [];
  let reading: Piece | null = null;
  let lineRead = 0;
  const places = placesInFile();
  const uniqueId = uniqueIds();

  const sink: Sink = {
    sentence(sentence, firstLine = lineRead, lastLine = lineRead + lineEndsIn(reading)) {
      const id = uniqueId(sentence.id);
      places.add(id, firstLine, lastLine);
      sentences.push(id === sentence.id ? sentence : { ...sentence, id });
      if (id === sentence.id) return;
      const message = `The id “${preview(sentence.id, 60)}” belongs to a sentence before; this one is called “${preview(id, 60)}”.`;
      sink.find('duplicate-id', 'warning', firstLine, message);
    },
    find(code, severity, line, message, excerpt) {
      const shown = excerpt ?? (line === reading?.line ? reading.text : undefined);
      findings.push({
        code,
        severity,
        line,
        message,
        ...(shown !== undefined && { excerpt: preview(shown, excerptLength) }),
      });
    },
  };

  function takeOne(piece: Piece): void {
    const [given, found] = [sentences.length, findings.length];
    lineRead = piece.line;
    reading = piece.text.includes('\0') ? withoutNul(piece, sink) : piece;
    const taken = reader.take(reading, sink);
    if (taken === 'blank') return;
    if (typeof taken === 'string') {
      counts[taken]++;
      // Several records may stand on one line, so that the line alone would not tell.
      const [own] = taken === 'kept' ? sentences.slice(given, given + 1) : [];
      if (own !== undefined)
        for (let i = found; i < findings.length; i++) findings[i] = aboutSentence(findings[i]!, own.id);
      return;
    }
    counts.leftOut++;
    sink.find(taken.code, 'error', piece.line, `${taken.message} The ${formats[id].record} was left out.`);
  }

  return {
    format: id,
    push: (text) => cutter.push(text).forEach(takeOne),
    end() {
      cutter.end().forEach(takeOne);
      reading = null;
      reader.end(sink);
    },
    take() {
      const found = { sentences, findings: findings.sort((a, b) => a.line - b.line) };
      [sentences, findings] = [[], []];
      return found;
    },
    about: (finding) => places.about(finding),
    records: () => ({ ...counts }),
    facts: () => reader.facts?.() ?? {},
  };
}

/** Gives ids that no sentence has yet: one that is taken gets a number after it. */
function uniqueIds(): (id: string) => string {
  const taken = new Set<string>();
  const next = new Map<string, number>();
  return (id) => {
    let free = id;
    for (let n = next.get(id) ?? 2; taken.has(free); n++) {
      free = `${id}-${String(n)}`;
      next.set(id, n + 1);
    }
    taken.add(free);
    return free;
  };
}

function lineEndsIn(piece: Piece | null): number {
  return piece?.text.match(/\n/g)?.length ?? 0;
}

/** NUL is in no text that a person wrote, and JSON forbids it; it comes of files that were cut or padded. */
function withoutNul(piece: Piece, sink: Sink): Piece {
  const bare = piece.text.replaceAll('\0', '');
  const count = String(piece.text.length - bare.length);
  sink.find('nul-removed', 'warning', piece.line, `NUL characters were removed: ${count}.`, bare);
  return { ...piece, text: bare };
}

/**
 * The format that fits a sample best. Throws `format-unknown` where none fits half of it, `data-empty` where nothing is
 * in it.
 */
function formatOfSample(fileName: string, sample: Sample): FormatId {
  const first = sample.lines.find((line) => line.trim() !== '');
  if (first === undefined) throw new AppError('data-empty', `${fileName} is empty`, { file: fileName });
  const document = foreignDocument(sample);
  if (document !== null) throw refusal(fileName, document);
  const rated = Object.values(formats).map((format) => ({ id: format.id, share: format.detect(sample) }));
  const best = rated.reduce((a, b) => (b.share > a.share ? b : a));
  if (best.share >= 0.5) return best.id;
  const slip = foreignSlip(sample);
  if (slip !== null) throw refusal(fileName, slip);
  const seen = sample.text.includes('\0') ? 'binary data' : `“${preview(first, 60)}”`;
  const names = Object.values(formats).map(({ name }) => name);
  const known = `${names.slice(0, -1).join(', ')} or ${names.at(-1) ?? ''}`;
  throw new AppError('format-unknown', `${fileName} is not in ${known}`, { file: fileName, seen, known });
}

function refusal(file: string, { is, next }: Foreign): AppError {
  return new AppError('format-unknown', `${file} ${is}`, { file, is, next });
}

/** A file's name without folder and ending. */
function stemOf(fileName: string): string {
  const name = fileName.replace(/^.*[/\\]/, '');
  return name.replace(/(?!^)\.[^.]*$/, '');
}
