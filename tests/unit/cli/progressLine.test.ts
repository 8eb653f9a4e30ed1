import { describe, expect, it } from 'vitest';
import { RunProgress, timeLeft } from '../../../src/cli/training/progressLine.ts';

describe('the line of progress', () => {
  it('grows with the events of a run, and counts the steps of later runs into the time left', () => {
    const progress = new RunProgress('simple mix, seed 0');
    const stages = [{ name: 'silver', source: 'silver', firstStep: 0, endStep: 10 }] as const;
    const facts = { resumedAt: 0, tags: ['O'], parameters: 1, vocabUsed: 1 };
    progress.take({ kind: 'started', steps: 10, stages, ...facts });
    progress.take({ kind: 'stage', index: 0, plan: stages[0] });
    expect(progress.text()).toBe('simple mix, seed 0  step 0/10 silver');
    expect(timeLeft(progress.secondsLeft())).toBe('');
    const point = { step: 4, loss: 0.5, learningRate: 3e-4, gradNorm: 1, silverShare: 1 };
    const rates = { tokens: 400, tokensPerSecond: 812.4, secondsLeft: 30 };
    progress.take({ kind: 'step', point, ...rates, heldBytes: 142.4e6 });
    expect(progress.text()).toBe('simple mix, seed 0  step 4/10 silver  loss 0.500  812 tokens/s  143 MB');
    progress.take({ kind: 'step', point, ...rates, heldBytes: 0 }); // on cpu nobody counts
    expect(progress.text()).toBe('simple mix, seed 0  step 4/10 silver  loss 0.500  812 tokens/s');
    expect(timeLeft(progress.secondsLeft())).toBe('  30 s left');
    // Six steps take 30 s, so ten more take 50.
    expect(timeLeft(progress.secondsLeft(10))).toBe('  1 min 20 s left');
  });
});
