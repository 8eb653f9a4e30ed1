import * as tf from '@tensorflow/tfjs-core';
import { AppError } from '../../core/errors.ts';
import { bothLabels, differs, isLook, looksOf, mostPairsOf, type BothLabels } from '../../run/bothLabels.ts';
import { repeatedOf, undoneOf } from '../../run/followed.ts';
import type { Stage } from '../../run/plan.ts';
import type { Why, WhyPoint } from '../../run/why.ts';
import { infer } from '../model/bert.ts';
import type { Bert } from '../model/parts.ts';
import { wordTableOf } from './begin.ts';
import { extraRowsOf, withExtraRows, type ExtraRows } from './devTable.ts';
import { encodeSentence, type Encoded } from './encode.ts';
import { inGroups, packed } from './evaluate.ts';
import type { Prepared } from './prepare.ts';
import type { TrainInput } from './train.ts';
import type { WatchProgress } from './watchFile.ts';

/** Tag numbers of the words of each sentence, and the mean loss of a word against each of its two labels. */
interface Looked {
  readonly predicted: Int32Array[];
  readonly loss: WhyPoint['loss'];
}

/** Looks, while a run trains, at the sentences that carry silver and trusted labels. It draws no chance and changes nothing. */
export class Watch {
  readonly #both: BothLabels;
  readonly #tags: readonly string[];
  readonly #batchSize: number;
  readonly #encoded: readonly Encoded[];
  readonly #extra: ExtraRows;
  readonly #points: WhyPoint[];
  #taught: WatchProgress['taught'];

  private constructor(input: TrainInput, prepared: Prepared, both: BothLabels, { points, taught }: WatchProgress) {
    const { config, tokenizer, checkpoint } = input;
    this.#both = both;
    this.#tags = prepared.tags;
    this.#batchSize = config.batchSize;
    this.#encoded = both.pairs.map(({ sentence }) => encodeSentence(tokenizer, sentence, config.maxPieces));
    this.#extra = extraRowsOf(wordTableOf(checkpoint.weights), prepared.pieceIds, this.#encoded);
    this.#points = [...points];
    this.#taught = taught;
  }

  /** null where it is not asked for, or no sentence carries both labels. */
  static open(input: TrainInput, prepared: Prepared, progress: WatchProgress): Watch | null {
    const most = mostPairsOf(prepared.stages[0]?.steps ?? 0, input.config.batchSize);
    const both = input.config.watchBoth ? bothLabels(input.data, prepared.tags, most) : null;
    // A snapshot from before short runs looked at fewer has numbers of other sentences.
    const others = progress.taught !== null && progress.taught.length !== both?.pairs.length;
    return both === null || others ? null : new Watch(input, prepared, both, progress);
  }

  /** Whether update `step` of a stage is followed by a look, its end aside. */
  isDue({ steps }: Stage, step: number): boolean {
    return isLook(step, steps, looksOf(steps, this.#batchSize, this.#both.pairs.length));
  }

  /**
   * Looks with the present parameters of `model`, whose word rows outside the compact table have shrunk by `shrink`. Throws
   * `not-finite` where they have burst: the snapshot that may follow would hold them.
   */
  async look(
    model: Bert,
    shrink: number,
    at: Pick<WhyPoint, 'step' | 'stage' | 'stageEnd'>,
    { draw }: Stage,
  ): Promise<WhyPoint> {
    const { pairs } = this.#both;
    const { predicted, loss } = await withExtraRows(model.parameters, this.#extra, shrink, (parameters) =>
      this.#predict({ ...model, parameters }),
    );
    if (!Number.isFinite(loss.gold) || !Number.isFinite(loss.silver)) {
      throw new AppError('not-finite', `loss ${String(loss.gold)} on gold, ${String(loss.silver)} on silver`, {
        step: at.step,
      });
    }
    const undone = this.#taught === null ? null : undoneOf(pairs, this.#taught, predicted, this.#tags);
    const point = { ...at, loss, repeated: repeatedOf(pairs, predicted, this.#tags), undone };
    this.#points.push(point);
    const silverAlone = draw.kind === 'passes' && draw.source === 'silver';
    if (at.stageEnd && silverAlone) this.#taught = predicted.map((numbers) => [...numbers]);
    return point;
  }

  progress(): WatchProgress {
    return { points: this.#points, taught: this.#taught };
  }

  why(): Why {
    const { reference, shared, pairs } = this.#both;
    const differing = pairs.filter(differs).length;
    return { reference, sentences: pairs.length, shared, differing, points: this.#points };
  }

  async #predict(model: Bert): Promise<Looked> {
    const { pairs } = this.#both;
    const predicted = this.#encoded.map(({ words }) => new Int32Array(words));
    const [gold, silver] = [new MeanLoss(), new MeanLoss()];
    await inGroups(this.#encoded, async (group) => {
      const batch = packed(group, this.#extra.rowOf);
      const logits = tf.tidy(() => infer(model, batch));
      const values = await logits.data<'float32'>();
      logits.dispose();
      const width = this.#tags.length;
      group.forEach(({ window, sentence }, g) => {
        const pair = pairs[sentence]!;
        for (const { word, position } of window.firstPieces) {
          const at = (batch.offsets[g]! + position) * width;
          const row = values.subarray(at, at + width);
          predicted[sentence]![word] = row.indexOf(Math.max(...row));
          gold.add(row, pair.gold[word]!);
          if (!pair.doubted[word]!) silver.add(row, pair.silver[word]!);
        }
      });
    });
    return { predicted, loss: { gold: gold.mean(), silver: silver.mean() } };
  }
}

/** Mean cross-entropy, natural log, over rows of logits. */
class MeanLoss {
  #sum = 0;
  #count = 0;

  add(row: Float32Array, label: number): void {
    const highest = Math.max(...row);
    const sum = row.reduce((all, value) => all + Math.exp(value - highest), 0);
    this.#sum += Math.log(sum) + highest - row[label]!;
    this.#count++;
  }

  mean(): number {
    return this.#count === 0 ? 0 : this.#sum / this.#count;
  }
}
