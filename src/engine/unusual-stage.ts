/** A learned baseline's place in an analysis. */
import { suppress } from '../detect/suppress.ts';
import type { DeviceRegistry } from '../device/registry.ts';
import type { Flows } from '../flow/flows.ts';
import { BASELINE_NAME, type LoadedBaseline } from '../model/baseline/baseline-file.ts';
import { UnusualScoring } from '../model/baseline/unusual.ts';
import type { ModelResult } from './model-stage.ts';
import type { Output } from './output.ts';
import type { Learning } from './learning.ts';

export class UnusualStage implements Output {
  readonly #baseline: LoadedBaseline;
  #scoring: UnusualScoring | null = null;

  constructor(baseline: LoadedBaseline) {
    this.#baseline = baseline;
  }

  begin(flows: Flows, devices: DeviceRegistry): void {
    this.#scoring = new UnusualScoring(this.#baseline.model, flows, devices);
  }

  flowEnd(slot: number): void {
    this.#scoring!.flowEnd(slot);
  }

  end(): Promise<void> {
    return Promise.resolve();
  }

  /** After the last packet: what a model found, and what is unusual. */
  addTo(result: ModelResult, { config, devices }: Learning): ModelResult {
    return {
      ...result,
      findings: [...result.findings, ...suppress(this.#scoring!.findings(), config.detect, devices.devices)],
      models: [...result.models, { name: BASELINE_NAME, sha256: this.#baseline.sha256, version: '1' }],
    };
  }
}
