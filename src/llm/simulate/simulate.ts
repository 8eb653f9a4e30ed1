import { createRandom, type Random } from '../../core/random.ts';
import { madeBy, overlaps } from '../../data/authors.ts';
import type { Range, Sentence, Span } from '../../data/types.ts';
import type { SimulationPreset } from './presets.ts';
import type { LabelRates } from './rates.ts';

/**
 * Gold labels with the mistakes of a preset: a stand-in for a teacher, to see what noise does. Every sentence says so: its
 * author is “simulated: …”, and `meta.simulated` names preset and seed. The mistakes of a sentence depend on seed, sample and
 * its id alone, not on the sentences around it. Unlabelled sentences stay as they are.
 */
export function simulate(
  sentences: readonly Sentence[],
  preset: SimulationPreset,
  seed: number,
  sample = 0,
): Sentence[] {
  const labels = labelsIn(sentences);
  return sentences.map((sentence) => {
    if (sentence.spans === null) return sentence;
    const spans = simulatedSpans(sentence, labels, preset, seed, sample);
    return markSimulated({ ...sentence, spans }, preset, seed, sample);
  });
}

/** Says of a labelled sentence that a simulated teacher labelled it, as `simulate` does. */
export function markSimulated(sentence: Sentence, preset: SimulationPreset, seed: number, sample = 0): Sentence {
  if (sentence.spans === null) return sentence;
  const meta = { ...sentence.meta, simulated: `${preset.id}, seed ${String(seed)}, sample ${String(sample)}` };
  return madeBy({ ...sentence, meta }, { kind: 'teacher', name: `simulated: ${preset.name}`, version: 1 });
}

/** Labels of the data, in order. */
export function labelsIn(sentences: readonly Sentence[]): string[] {
  return [...new Set(sentences.flatMap(({ spans }) => spans?.map(({ label }) => label) ?? []))].sort();
}

/** One sentence's entities as the simulated teacher writes them, in order of the text. */
export function simulatedSpans(
  { id, text, words, spans }: Sentence,
  labels: readonly string[],
  { rates }: SimulationPreset,
  seed: number,
  sample: number,
): Span[] {
  const random = createRandom(seed, `simulate/${String(sample)}/${id}`);
  const gold = spans ?? [];
  const written: Span[] = [];
  gold.forEach((span, i) => {
    const outcome = outcomeOf(rates.labels[span.label] ?? rates.other, random.next());
    const label = outcome.label === '*' ? anyOther(labels, span.label, random) : (outcome.label ?? span.label);
    if (outcome.kind === 'missed') return;
    if (!outcome.moved) {
      if (!written.some((other) => overlaps(other, span))) written.push({ ...span, label });
      return;
    }
    // A range that cannot be moved without touching another entity is missed: the entity is wrong all the same.
    const others = [...gold.filter((_, other) => other !== i), ...written];
    const moved = movedRanges(span, words).filter((range) => !others.some((other) => overlaps(other, range)));
    if (moved.length > 0) written.push({ ...moved[random.below(moved.length)]!, label });
  });
  for (const label of labels) {
    const expected = (rates.labels[label] ?? rates.other).spurious;
    for (let n = poisson(expected, random); n > 0; n--) {
      const free = words.filter(
        (word) => !gold.some((g) => overlaps(g, word)) && !written.some((w) => overlaps(w, word)),
      );
      const word = likelyName(text, free, random);
      if (word !== null) written.push({ start: word.start, end: word.end, label });
    }
  }
  return written.sort((a, b) => a.start - b.start);
}

interface Outcome {
  readonly kind: 'written' | 'missed';
  /** Null: its own. */
  readonly label: string | null;
  readonly moved: boolean;
}

/** What one draw `u` in [0, 1) makes of an entity. */
function outcomeOf(rates: LabelRates, u: number): Outcome {
  const cases: (readonly [number, Outcome])[] = [
    [rates.missed, { kind: 'missed', label: null, moved: false }],
    [rates.boundary, { kind: 'written', label: null, moved: true }],
    ...Object.entries(rates.label).map(([label, rate]) => [rate, { kind: 'written', label, moved: false }] as const),
    ...Object.entries(rates.both).map(([label, rate]) => [rate, { kind: 'written', label, moved: true }] as const),
  ];
  let rest = u;
  for (const [rate, outcome] of cases) {
    if (rest < rate) return outcome;
    rest -= rate;
  }
  return { kind: 'written', label: null, moved: false };
}

/** With one label only there is no wrong one: the entity keeps it. */
function anyOther(labels: readonly string[], label: string, random: Random): string {
  const others = labels.filter((other) => other !== label);
  return others.length === 0 ? label : others[random.below(others.length)]!;
}

/** The range less its first or last word, or with the word before or after it. */
function movedRanges({ start, end }: Range, words: readonly Range[]): Range[] {
  const first = words.findIndex((word) => word.end > start);
  const after = words.findIndex((word) => word.start >= end);
  const last = (after < 0 ? words.length : after) - 1;
  if (first < 0 || last < first) return [];
  const [before, next] = [words[first - 1], words[last + 1]];
  return [
    ...(last > first
      ? [
          { start: words[first + 1]!.start, end },
          { start, end: words[last - 1]!.end },
        ]
      : []),
    ...(before === undefined ? [] : [{ start: before.start, end }]),
    ...(next === undefined ? [] : [{ start, end: next.end }]),
  ];
}

/** How many happen where `expected` happen on average (Knuth 1969, 3.4.1). */
function poisson(expected: number, random: Random): number {
  const limit = Math.exp(-expected);
  let n = 0;
  for (let product = random.next(); product > limit; product *= random.next()) n++;
  return n;
}

/** Teachers make entities of words that look like names; only where there is none, of another. */
function likelyName(text: string, words: readonly Range[], random: Random): Range | null {
  const letters = words.filter(({ start, end }) => /\p{L}/u.test(text.slice(start, end)));
  const capital = letters.filter(({ start }) => start > 0 && /^\p{Lu}/u.test(text.slice(start, start + 2)));
  const choice = capital.length > 0 ? capital : letters;
  return choice.length === 0 ? null : choice[random.below(choice.length)]!;
}
