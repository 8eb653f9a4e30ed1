import type { AuthorKind, Sentence } from '../../data/types.ts';
import { tagsOfSpans } from '../../data/bio.ts';
import { scoresOf, type Scores } from '../../eval/scores.ts';

/** The sentences of an experiment by role. */
export type DataByRole = Readonly<Record<'silver' | 'gold' | 'dev' | 'test', readonly Sentence[]>>;

/** What a comparison has to know of the data besides the runs. Sentences count as the same by their text. */
export interface DataFacts {
  readonly sentences: Readonly<Record<'silver' | 'gold' | 'dev' | 'test', number>>;
  /** Sentences of the second that also stand in the first. */
  readonly overlaps: Readonly<
    Record<'goldInDev' | 'goldInTest' | 'silverInDev' | 'silverInTest' | 'devInTest', number>
  >;
  readonly silverSimulated: boolean;
  /** Who made the labels, where the sentences say so. */
  readonly madeBy: { readonly silver: readonly AuthorKind[]; readonly test: readonly AuthorKind[] };
  /** The teacher's own labels against the reference of the sentences that have both; null where none has. */
  readonly teacher: TeacherScore | null;
}

export interface TeacherScore {
  /** The first of test, dev and gold that shares sentences with silver. */
  readonly on: 'test' | 'dev' | 'gold';
  readonly sentences: number;
  readonly scores: Scores;
}

/** `teacherTest`: the teacher's labels of the test sentences, where somebody asked for them; they are never trained on. */
export function factsOf(data: DataByRole, teacherTest: readonly Sentence[] = []): DataFacts {
  const texts = (sentences: readonly Sentence[]) => new Set(sentences.map(({ text }) => text));
  const [silver, gold, dev] = [texts(data.silver), texts(data.gold), texts(data.dev)];
  const shared = (known: ReadonlySet<string>, sentences: readonly Sentence[]) =>
    sentences.filter(({ text }) => known.has(text)).length;
  const { silver: s, gold: g, dev: d, test: t } = data;
  return {
    sentences: { silver: s.length, gold: g.length, dev: d.length, test: t.length },
    overlaps: {
      goldInDev: shared(gold, d),
      goldInTest: shared(gold, t),
      silverInDev: shared(silver, d),
      silverInTest: shared(silver, t),
      devInTest: shared(dev, t),
    },
    silverSimulated: s.some(({ authors }) => authors !== undefined && /simulat/i.test(authors.all.name)),
    madeBy: { silver: kindsOf(s), test: kindsOf(t) },
    teacher: teacherOf(data, teacherTest),
  };
}

function kindsOf(sentences: readonly Sentence[]): AuthorKind[] {
  const kinds = new Set<AuthorKind>();
  for (const { authors } of sentences)
    if (authors !== undefined && authors.all.version > 0) kinds.add(authors.all.kind);
  return [...kinds].sort();
}

function teacherOf(data: DataByRole, teacherTest: readonly Sentence[]): TeacherScore | null {
  const labels = new Map([...data.silver, ...teacherTest].map((sentence) => [sentence.text, sentence]));
  for (const on of ['test', 'dev', 'gold'] as const) {
    const pairs = data[on].flatMap((reference) => {
      const answer = labels.get(reference.text);
      const both = reference.spans !== null && answer !== undefined && answer.spans !== null;
      return both ? [[reference, answer] as const] : [];
    });
    if (pairs.length === 0) continue;
    // The reference's words: two readers may have cut one text differently.
    const tags = (words: Sentence['words'], { spans }: Sentence) => tagsOfSpans(words, spans ?? []).tags;
    const scores = scoresOf(
      pairs.map(([reference]) => tags(reference.words, reference)),
      pairs.map(([reference, answer]) => tags(reference.words, answer)),
    );
    return { on, sentences: pairs.length, scores };
  }
  return null;
}
