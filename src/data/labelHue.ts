/** Hues (degrees, OKLCH) that stay clear of gold's amber and silver's grey-blue. */
const hues = [300, 255, 150, 355, 200, 25, 125, 325, 275, 175] as const;

/** Places of the usual labels, so that a person is violet in every project. */
const usual: Readonly<Record<string, number>> = { PER: 0, PERSON: 0, ORG: 1, LOC: 2, GPE: 2, MISC: 3 };

/** The hue of a label: fixed for the usual ones, by its letters for others. Colour is never alone: the name stands beside it. */
export function labelHue(label: string): number {
  const place = usual[label.toUpperCase()];
  if (place !== undefined) return hues[place] ?? 0;
  let sum = 0;
  for (const character of label) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 9973;
  return hues[4 + (sum % (hues.length - 4))] ?? 0;
}
