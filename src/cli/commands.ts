import type { Command } from './command.ts';
import { annotate } from './commands/annotate.ts';
import { bench } from './commands/bench.ts';
import { check } from './commands/check.ts';
import { compare } from './commands/compare.ts';
import { convert } from './commands/convert.ts';
import { demo } from './commands/demo.ts';
import { folds } from './commands/folds.ts';
import { ground } from './commands/ground.ts';
import { predict } from './commands/predict.ts';
import { score } from './commands/score.ts';
import { serve } from './commands/serve.ts';
import { train } from './commands/train.ts';

/** Every command, in the order of the help. Adding one is a file in `commands/` and an entry here. */
export const commands: readonly Command[] = [
  demo,
  train,
  compare,
  predict,
  score,
  check,
  folds,
  convert,
  annotate,
  ground,
  bench,
  serve,
];
