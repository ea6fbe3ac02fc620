/** A model's place in an analysis: told of flows like an output, it scores them between batches. */
import { suppress } from '../detect/suppress.ts';
import type { Finding } from '../detect/finding.ts';
import { needsPackets } from '../detect/features/extractor.ts';
import type { DeviceRegistry } from '../device/registry.ts';
import type { FlowTable } from '../flow/table.ts';
import { type DeviceScores, FlowScoring } from '../model/flow-scoring.ts';
import type { Model } from '../model/load.ts';
import type { PacketBatch } from '../packet/batch.ts';
import type { ReportModel } from '../report/schema.ts';
import type { Output } from './output.ts';
import type { Pipeline } from './pipeline.ts';

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

  /** `outputs` are told the scores. */
  constructor(model: Model, outputs: readonly Output[]) {
    this.#model = model;
    this.#outputs = outputs.filter((output) => output.flowScore !== undefined);
    if (needsPackets(model.description.featureSet)) {
      this.packet = (batch: PacketBatch, i, slot, fromOriginator) =>
        this.#scoring!.packet!(batch, i, slot, fromOriginator);
    }
  }

  begin(flows: FlowTable, devices: DeviceRegistry): void {
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

  flowEnd(slot: number, _flows: FlowTable): void {
    this.#scoring!.flowEnd(slot);
  }

  drain(): Promise<void> {
    return this.#scoring!.drain();
  }

  end(): Promise<void> {
    return Promise.resolve();
  }

  /** After the last packet. `rules` are the findings of the detectors. `problem` is '' or why there are no scores. */
  async result(
    pipeline: Pipeline,
    rules: readonly Finding[],
  ): Promise<{ result: ModelResult; problem: string }> {
    const scoring = this.#scoring!;
    await scoring.finish();
    const findings = await scoring.findings(rules);
    if (scoring.problem !== '') return { result: NO_MODEL_RESULT, problem: scoring.problem };
    const { description, sha256 } = this.#model;
    return {
      result: {
        findings: suppress(findings, pipeline.config.detect, pipeline.devices.devices),
        devices: scoring.devices,
        models: [{ name: description.name, sha256, version: description.version }],
      },
      problem: '',
    };
  }
}
