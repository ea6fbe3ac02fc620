/** A model's place in an analysis: told of flows like an output, it scores them between batches. */
import { suppress } from '../detect/suppress.ts';
import type { Finding } from '../detect/finding.ts';
import { needsPackets } from '../detect/features/extractor.ts';
import type { DeviceRegistry } from '../device/registry.ts';
import type { Flows } from '../flow/flows.ts';
import { type DeviceScores, FlowScoring } from '../model/flow-scoring.ts';
import type { Model } from '../model/load.ts';
import type { PacketBatch } from '../packet/batch.ts';
import type { ReportModel } from '../report/schema.ts';
import type { Output } from './output.ts';
import type { Learning } from './learning.ts';
import type { Pipeline } from './pipeline.ts';

export type { Model };

/** What a model adds to a report. */
export interface ModelResult {
  readonly findings: readonly Finding[];
  /** By device index. */
  readonly devices: readonly (DeviceScores | undefined)[];
  readonly models: readonly ReportModel[];
}

export const NO_MODEL_RESULT: ModelResult = { findings: [], devices: [], models: [] };

export class ModelStage implements Output {
  readonly packet?: NonNullable<Output['packet']>;
  readonly #model: Model;
  readonly #outputs: readonly Output[];
  #scoring: FlowScoring | null = null;

  /** Told once when scoring stops, in one line. */
  readonly #onNotice: ((text: string) => void) | undefined;
  #isTold = false;
  /** The runtime takes one run at a time, and a watched analysis asks from two sides: batches and seconds. */
  #turn: Promise<unknown> = Promise.resolve();

  /** `outputs` are told the scores. */
  constructor(model: Model, outputs: readonly Output[], onNotice?: (text: string) => void) {
    this.#model = model;
    this.#onNotice = onNotice;
    this.#outputs = outputs.filter((output) => output.flowScore !== undefined);
    if (needsPackets(model.description.featureSet)) {
      this.packet = (batch: PacketBatch, i, slot, fromOriginator) =>
        this.#scoring!.packet!(batch, i, slot, fromOriginator);
    }
  }

  begin(flows: Flows, devices: DeviceRegistry): void {
    const outputs = this.#outputs;
    this.#scoring = new FlowScoring(this.#model, flows, devices, [
      ({ id, lastSeconds, lastNanos }, className, { score, isAlarm }) => {
        const told = { flow: id, seconds: lastSeconds, nanos: lastNanos, class: className, score, isAlarm };
        for (const output of outputs) output.flowScore!(told);
      },
    ]);
  }

  flowStart(slot: number): void {
    this.#scoring!.flowStart(slot);
  }

  flowEnd(slot: number, _flows: Flows): void {
    this.#scoring!.flowEnd(slot);
  }

  drain(): Promise<void> {
    return this.#scoring!.isFull ? this.#inTurn(() => this.#scoring!.drain()) : DONE;
  }

  /** Scores all flows that ended until now, a run of the model however few they are: for whoever watches. */
  catchUp(): Promise<void> {
    return this.#inTurn(() => this.#scoring!.finish());
  }

  findingsSoFar(rules: readonly Finding[], { config, devices }: Learning): Finding[] {
    return suppress(this.#scoring!.findingsSoFar(rules), config.detect, devices.devices);
  }

  end(): Promise<void> {
    return Promise.resolve();
  }

  /** What the flows that ended until now add; `rules` are the findings of the detectors. Nothing when scoring stopped. */
  async result(learning: Learning, rules: readonly Finding[]): Promise<ModelResult> {
    const scoring = this.#scoring!;
    const findings = await this.#inTurn(async () => {
      await scoring.finish();
      return scoring.findings(rules);
    });
    if (scoring.problem !== '') return NO_MODEL_RESULT;
    const { description, sha256 } = this.#model;
    return {
      findings: suppress(findings, learning.config.detect, learning.devices.devices),
      devices: scoring.devices,
      models: [{ name: description.name, sha256, version: description.version }],
    };
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work).finally(() => this.#tellProblem());
    this.#turn = done.catch(() => undefined);
    return done;
  }

  #tellProblem(): void {
    const { problem } = this.#scoring!;
    if (problem === '' || this.#isTold) return;
    this.#isTold = true;
    this.#onNotice?.(`the model ${problem}; findings are those of the rules`);
  }
}

const DONE = Promise.resolve();

/** Ends the flows that are left, some at a time, so that those that wait for scores are bounded. `finish` comes after it. */
export async function finishFlows(pipeline: Pipeline, stage: ModelStage): Promise<void> {
  while (!pipeline.finishFlows(FINISHED_AT_ONCE)) await stage.drain();
}

const FINISHED_AT_ONCE = 4096;
