import type * as Onnx from 'onnxruntime-node';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { type ModelDescription, UnusableModel } from './description.ts';

/** What of onnxruntime-node is used. */
export type Runtime = Pick<typeof Onnx, 'InferenceSession' | 'Tensor'>;

/** Rows of one run. The last run of a capture is filled up with zeros, so every run is of this size. */
export const BATCH_ROWS = 1024;

/**
 * Scores have seven decimals, about as many as single precision has near 1: what differs below comes from the machine
 * and not from the flow. Rounding adds less than a tenth of the 1e-6 by which other programs may differ.
 */
const SCALE = 1e7;

/** Scores rows of features, `BATCH_ROWS` at a time, in their order. */
export class Scorer {
  readonly classes: number;
  readonly #session: InferenceSession;
  readonly #width: number;
  readonly #isLegacy: boolean;
  readonly #input: string;
  readonly #output: string;
  readonly #batch: Float32Array;
  readonly #feeds: Record<string, Tensor>;

  constructor(runtime: Runtime, session: InferenceSession, description: ModelDescription) {
    this.#session = session;
    this.#width = description.set.features.length;
    this.#isLegacy = description.featureSet === 'legacy';
    this.classes = description.classes.length;
    this.#input = session.inputNames[0]!;
    // Converters put the label first and the probabilities last.
    this.#output = session.outputNames.at(-1)!;
    this.#batch = new Float32Array(BATCH_ROWS * this.#width);
    this.#feeds = {
      [this.#input]: new runtime.Tensor('float32', this.#batch, [BATCH_ROWS, this.#width]),
    };
  }

  /**
   * Writes the scores of `count` rows to `scores`, row by row and class by class. Throws `UnusableModel` when what comes
   * out is not what the model promised.
   */
  async score(rows: Float32Array, count: number, scores: Float64Array): Promise<void> {
    for (let from = 0; from < count; from += BATCH_ROWS) {
      const size = Math.min(BATCH_ROWS, count - from);
      this.#batch.set(rows.subarray(from * this.#width, (from + size) * this.#width));
      this.#batch.fill(0, size * this.#width);
      const values = await this.#run();
      const columns = values.length / BATCH_ROWS;
      if (this.#isLegacy ? columns < 1 || !Number.isInteger(columns) : columns !== this.classes) {
        throw new UnusableModel(`answers ${columns} values a flow where it has ${this.classes} classes`);
      }
      for (let row = 0; row < size; row++) {
        const to = (from + row) * this.classes;
        if (this.#isLegacy) {
          const malicious = rounded(values[row * columns + columns - 1]!);
          scores[to] = rounded(1 - malicious);
          scores[to + 1] = malicious;
        } else {
          for (let c = 0; c < columns; c++) scores[to + c] = rounded(values[row * columns + c]!);
        }
      }
    }
  }

  async #run(): Promise<Float32Array> {
    let output: unknown;
    try {
      output = (await this.#session.run(this.#feeds, [this.#output]))[this.#output]?.data;
    } catch (error) {
      const reason = error instanceof Error ? error.message.split('\n')[0]!.slice(0, 200) : String(error);
      throw new UnusableModel(`could not be run: ${reason}`);
    }
    if (!(output instanceof Float32Array)) throw new UnusableModel('does not answer 32-bit floats');
    return output;
  }
}

/** A probability; what is none (a model may answer NaN) is 0. */
function rounded(value: number): number {
  return value >= 0 ? Math.min(1, Math.round(value * SCALE) / SCALE) : 0;
}
