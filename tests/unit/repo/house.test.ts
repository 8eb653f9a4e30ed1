import { ESLint } from 'eslint';
import { beforeAll, expect, it } from 'vitest';

/** Each case: the file that imports, what it imports, and whether the house allows it. */
const cases: readonly (readonly [file: string, statement: string, allowed: boolean])[] = [
  ['src/core/random.ts', "import type { Sentence } from '../data/types.ts';", false],
  ['src/data/bio.ts', "import { AppError } from '../core/errors.ts';", true],
  ['src/data/bio.ts', "import { linear } from '../engine/kernels/linear.ts';", false],
  ['src/blend/sampler.ts', "import type { Sentence } from '../data/types.ts';", false],
  ['src/run/plan.ts', "import { linear } from '../engine/kernels/linear.ts';", false],
  ['src/run/plan.ts', "import * as tf from '@tensorflow/tfjs-core';", false],
  ['src/run/plan.ts', "import type { Tensor } from '@tensorflow/tfjs-core/dist/tensor';", false],
  ['src/run/plan.ts', "import { readFileSync } from 'node:fs';", false],
  ['src/run/plan.ts', "import * as v from 'valibot';", true],
  ['src/run/plan.ts', "import { openDB } from 'idb';", false],
  ['src/engine/predict.ts', "import * as tf from '@tensorflow/tfjs-core';", true],
  ['src/engine/predict.ts', "export { silverCount } from '../blend/sampler.ts';", true],
  ['src/engine/predict.ts', "import type { Request } from '../worker/protocol.ts';", false],
  ['src/engine/predict.ts', "export const late = () => import('../worker/protocol.ts');", false],
  ['src/worker/protocol.ts', "import { linear } from '../engine/kernels/linear.ts';", true],
  ['src/worker/client.ts', "import { linear } from '../engine/kernels/linear.ts';", false],
  ['src/worker/client.ts', "import type { DeviceName } from '../engine/device.ts';", true],
  ['src/state/router.svelte.ts', "import type { Request } from '../worker/protocol.ts';", true],
  ['src/state/router.svelte.ts', "import type { DeviceName } from '../engine/device.ts';", false],
  ['src/state/ownFiles.ts', "import url from '../worker/entry.ts?worker&url';", true],
  ['src/ui/format.ts', "import url from '../worker/entry.ts?worker&url';", false],
  ['src/ui/format.ts', "import type { Request } from '../worker/protocol.ts';", false],
  ['src/cli/args.ts', "import { parseArgs } from 'node:util';", true],
  ['src/cli/args.ts', "import type { Request } from '../worker/protocol.ts';", false],
];

let eslint: ESLint;

beforeAll(() => {
  // The import table alone: no types are read, so the cases need not compile.
  eslint = new ESLint({
    ruleFilter: ({ ruleId }) => ruleId === 'boundaries/dependencies',
    overrideConfig: { languageOptions: { parserOptions: { project: false } } },
  });
});

it.each(cases)('%s: %s', async (filePath, statement, allowed) => {
  const [result] = await eslint.lintText(`${statement}\n`, { filePath });
  expect(result?.fatalErrorCount).toBe(0);
  expect(result?.messages.map(({ ruleId }) => ruleId)).toEqual(allowed ? [] : ['boundaries/dependencies']);
});
