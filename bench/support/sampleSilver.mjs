// The sample that comes with Vermeil, for benches that run the command line on it.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const sample = fileURLToPath(new URL('../../public/samples/sotu', import.meta.url));
export const vermeil = fileURLToPath(new URL('../../bin/vermeil', import.meta.url));

/** Grounds the teacher's recorded answers to a file; `run` calls vermeil with arguments. */
export function groundSilver(run, out) {
  const [text, answers] = ['unlabelled-train', 'answers-standard'].map((name) => join(sample, `${name}.jsonl`));
  run('ground', '--text', text, '--answers', answers, '--out', out);
}
