import type { Baseline } from '../detect/baseline.ts';
import type { Detector } from '../detect/detector.ts';
import type { Finding } from '../detect/finding.ts';
import { FLOW_CLASS, flowClass } from '../detect/flow-outcome.ts';
import { collectFindings, createDetectors } from '../detect/list.ts';
import { DeviceRegistry } from '../device/registry.ts';
import type { Knowledge } from '../fingerprint/knowledge.ts';
import type { Flows } from '../flow/flows.ts';
import { Inspector } from '../flow/inspect.ts';
import type { HotMemory } from '../hot/memory.ts';
import { PacketBatch } from '../packet/batch.ts';
import type { IssueCounter } from '../packet/issue.ts';
import type { MessageContext } from '../protocol/decoder.ts';
import { PROTOCOLS } from '../protocol/list.ts';
import type { Observation } from '../protocol/observation.ts';
import type { EngineConfig } from './config.ts';
import type { Output } from './output.ts';
import { Totals } from './totals.ts';

export interface LearningOptions {
  readonly config: EngineConfig;
  readonly outputs: readonly Output[];
  /** Facts that devices are recognised by; the built-in ones when absent. */
  readonly knowledge?: Knowledge;
  /** What was normal before. */
  readonly baseline?: Baseline;
  /** Memory that the batches lie in, too. */
  readonly memory?: HotMemory;
}

/** Flows, and how many there were. */
export type CountedFlows = Flows & { readonly created: number };

/**
 * What is made of packets and flows: devices, messages, findings, outputs. It is told of them by `Traffic`, in the same
 * thread (`Pipeline`) or from another one (`relay/`), in the order of the capture.
 */
export class Learning<F extends CountedFlows = CountedFlows> {
  readonly config: EngineConfig;
  readonly flows: F;
  readonly issues: IssueCounter;
  readonly totals = new Totals();
  readonly devices: DeviceRegistry;
  readonly inspector: Inspector;
  readonly detectors: readonly Detector[];
  protected readonly outputs: readonly Output[];
  /** Detectors and outputs by hook, so that no hook is asked for in the loop. */
  readonly #onTick: readonly Detector[];
  readonly #onFlowStart: readonly Detector[];
  /** By class of flow. */
  readonly #onFlowEnd: readonly (readonly Detector[])[];
  readonly #onObservation = new Map<Observation['kind'], Detector[]>();
  readonly #onDevice: readonly Detector[];
  readonly #onOutputFlowStart: readonly Output[];
  readonly #context: MessageContext;

  constructor(
    flows: F,
    issues: IssueCounter,
    { config: given, outputs, knowledge, baseline, memory }: LearningOptions,
  ) {
    const config = baseline === undefined ? given : withBaseline(given, baseline);
    this.config = config;
    this.flows = flows;
    this.issues = issues;
    this.outputs = outputs;
    this.devices = new DeviceRegistry(issues, {
      maxDevices: config.device.maxDevices,
      ...(memory === undefined ? {} : { memory }),
      ...(knowledge === undefined ? {} : { knowledge }),
      onNew: (device, batch, i) => this.#deviceNew(device, batch, i),
    });
    this.detectors = createDetectors(
      config.detect,
      { flows, devices: this.devices, issues },
      baseline ?? null,
    );
    this.#onTick = this.detectors.filter((d) => d.tick !== undefined);
    this.#onFlowStart = this.detectors.filter((d) => d.flowStart !== undefined);
    const ending = this.detectors.filter((d) => d.flowEnd !== undefined);
    this.#onFlowEnd = Array.from({ length: FLOW_CLASS.other + 1 }, (_, of) =>
      ending.filter(({ flowClasses }) => flowClasses === undefined || (flowClasses & of) !== 0),
    );
    for (const detector of this.detectors) {
      for (const kind of detector.kinds ?? []) {
        const others = this.#onObservation.get(kind);
        if (others === undefined) this.#onObservation.set(kind, [detector]);
        else others.push(detector);
      }
    }
    this.#onDevice = this.detectors.filter((d) => d.deviceNew !== undefined);
    this.inspector = new Inspector(flows, issues, (observation, at) => this.#observe(observation, at));
    for (const output of outputs) output.begin?.(flows, this.devices);
    this.#onOutputFlowStart = outputs.filter((output) => output.flowStart !== undefined);
    this.#context = {
      batch: NO_BATCH,
      index: 0,
      packet: 0,
      seconds: 0,
      nanos: 0,
      flow: -1,
      fromOriginator: true,
    };
  }

  /** What was found so far, a model's findings after those of the detectors. */
  findingsSoFar(): Finding[] {
    const rules = collectFindings(this.detectors, this.config.detect, this.devices);
    return rules.concat(...this.outputs.map((output) => output.findingsSoFar?.(rules, this) ?? []));
  }

  /** A flow began with row `i`. */
  flowStart(slot: number, batch: PacketBatch, i: number): void {
    for (const output of this.#onOutputFlowStart) output.flowStart!(slot, this.flows);
    if (this.#onFlowStart.length === 0) return;
    const at = this.#at(batch, i, slot);
    for (const detector of this.#onFlowStart) detector.flowStart!(slot, at);
  }

  /** A flow ended; its columns still stand. */
  flowEnd(slot: number): void {
    const { flows } = this;
    this.inspector.flowEnd(slot);
    this.devices.flowEnd(slot, flows);
    for (const detector of this.#onFlowEnd[flowClass(flows, slot)]!) detector.flowEnd!(slot);
    for (const output of this.outputs) output.flowEnd?.(slot, flows);
    const service = flows.service[slot]!;
    if (service !== 0) {
      this.totals.addService(
        PROTOCOLS[service - 1]!.name,
        flows.origPackets[slot]! + flows.respPackets[slot]!,
        flows.origIpBytes[slot]! + flows.respIpBytes[slot]!,
      );
    }
  }

  /** Packet time came to `seconds`. */
  tick(seconds: number): void {
    for (const detector of this.#onTick) detector.tick!(seconds);
  }

  /** No more flows: lets every stage conclude. */
  conclude(): void {
    this.devices.end();
    for (const detector of this.detectors) detector.end?.();
  }

  #deviceNew(device: number, batch: PacketBatch, i: number): void {
    if (this.#onDevice.length === 0) return;
    const at = this.#at(batch, i, -1);
    for (const detector of this.#onDevice) detector.deviceNew!(device, at);
  }

  #observe(observation: Observation, at: MessageContext): void {
    this.devices.observe(observation, at);
    const detectors = this.#onObservation.get(observation.kind);
    if (detectors !== undefined) for (const detector of detectors) detector.observe!(observation, at);
    for (const output of this.outputs) output.observe?.(observation, at, this.flows);
  }

  #at(batch: PacketBatch, index: number, flow: number): MessageContext {
    const at = this.#context;
    at.batch = batch;
    at.index = index;
    at.packet = batch.packetNumber(index);
    at.seconds = batch.tsSeconds[index]!;
    at.nanos = batch.tsNanos[index]!;
    at.flow = flow;
    at.fromOriginator = true;
    return at;
  }
}

/** The settings say by its digest which baseline was used: without it the report cannot be made again. */
function withBaseline(config: EngineConfig, { digest }: Baseline): EngineConfig {
  return { ...config, detect: { ...config.detect, baseline: digest } };
}

/** What the reused context points at before the first packet. */
const NO_BATCH = new PacketBatch(1);
