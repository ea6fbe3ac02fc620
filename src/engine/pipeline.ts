import type { Baseline } from '../detect/baseline.ts';
import type { Detector } from '../detect/detector.ts';
import type { Finding } from '../detect/finding.ts';
import { FLOW_CLASS, flowClass } from '../detect/flow-outcome.ts';
import { collectFindings, createDetectors } from '../detect/list.ts';
import type { Knowledge } from '../fingerprint/knowledge.ts';
import { DeviceRegistry } from '../device/registry.ts';
import { FlowIntake, type PacketTap } from '../flow/intake.ts';
import { Inspector } from '../flow/inspect.ts';
import type { ExpressLane } from '../flow/express-lane.ts';
import { FlowTable } from '../flow/table.ts';
import { STATE } from '../hot/layout.ts';
import type { HotMemory } from '../hot/memory.ts';
import { PacketBatch } from '../packet/batch.ts';
import type { CountedTraffic } from '../packet/counted-traffic.ts';
import { decodeHeaders } from '../packet/decode.ts';
import { ISSUE, IssueCounter } from '../packet/issue.ts';
import { Subframes } from '../packet/subframes.ts';
import type { MessageContext } from '../protocol/decoder.ts';
import { PROTOCOLS } from '../protocol/list.ts';
import type { Observation } from '../protocol/observation.ts';
import type { EngineConfig } from './config.ts';
import type { Output } from './output.ts';
import { CLOCK, PacketClock } from './packet-clock.ts';
import { type Selection, Selector } from './selection.ts';
import { Totals } from './totals.ts';

export interface PipelineOptions {
  readonly config: EngineConfig;
  /** Which packets to look at; null for all. */
  readonly selection: Selection | null;
  readonly outputs: readonly Output[];
  /** Facts that devices are recognised by; the built-in ones when absent. */
  readonly knowledge?: Knowledge;
  /** What was normal before. */
  readonly baseline?: Baseline;
  /** Memory that the batches lie in, too. */
  readonly memory?: HotMemory;
}

/**
 * All stages in order, driven by batches from any source. Header decoding runs over the whole batch; everything with
 * state runs packet by packet in the order of the capture, so no result depends on where one batch ends and the next
 * begins. Time is packet time (`PacketClock`): a packet that is older than one before it is counted (`time/backwards`),
 * and so is one whose time leaps ahead and is not confirmed (`time/stray`).
 */
export class Pipeline {
  readonly config: EngineConfig;
  readonly issues = new IssueCounter();
  readonly totals = new Totals();
  readonly flows: FlowTable;
  readonly devices: DeviceRegistry;
  readonly detectors: readonly Detector[];
  readonly #inspector: Inspector;
  readonly #intake: FlowIntake;
  readonly #subframes = new Subframes();
  readonly #outputs: readonly Output[];
  readonly #selector: Selector | null;
  /** Detectors and outputs by hook, so that no hook is asked for in the loop. */
  readonly #onTick: readonly Detector[];
  readonly #onFlowStart: readonly Detector[];
  /** By class of flow. */
  readonly #onFlowEnd: readonly (readonly Detector[])[];
  readonly #onObservation = new Map<Observation['kind'], Detector[]>();
  readonly #onDevice: readonly Detector[];
  readonly #onOutputFlowStart: readonly Output[];
  readonly #context: MessageContext;
  readonly #memory: HotMemory | null;
  readonly #lane: ExpressLane | null;
  readonly #clock = new PacketClock();
  #strays = 0;

  constructor({ config: given, selection, outputs, knowledge, baseline, memory }: PipelineOptions) {
    const config = baseline === undefined ? given : withBaseline(given, baseline);
    this.config = config;
    this.#outputs = outputs;
    this.#selector = selection === null ? null : new Selector(selection);
    this.flows = new FlowTable(config.flow, this.issues, {
      flowStart: (slot, batch, i) => this.#flowStart(slot, batch, i),
      flowEnd: (slot) => this.#flowEnd(slot),
    });
    this.flows.isTold = true;
    this.devices = new DeviceRegistry(this.issues, {
      maxDevices: config.device.maxDevices,
      ...(memory === undefined ? {} : { memory }),
      ...(knowledge === undefined ? {} : { knowledge }),
      onNew: (device, batch, i) => this.#deviceNew(device, batch, i),
    });
    this.detectors = createDetectors(
      config.detect,
      { flows: this.flows, devices: this.devices, issues: this.issues },
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
    this.#inspector = new Inspector(this.flows, this.issues, (observation, at) =>
      this.#observe(observation, at),
    );
    for (const output of outputs) output.begin?.(this.flows, this.devices);
    this.#onOutputFlowStart = outputs.filter((output) => output.flowStart !== undefined);
    this.#intake = new FlowIntake(this.flows, this.#inspector, this.issues, packetTap(outputs));
    // Whoever asks for every packet gets every packet.
    const isOpen = memory !== undefined && this.devices.isIn(memory) && packetTap(outputs) === null;
    this.#memory = isOpen ? memory : null;
    this.#lane = isOpen ? this.flows.openLane(memory) : null;
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

  /** True when no later packet can change the result (a limit was reached). */
  get isSatisfied(): boolean {
    return this.#selector?.isSatisfied ?? false;
  }

  /** Takes rows `start` to `count - 1` of a batch. The batch is not needed afterwards. */
  process(batch: PacketBatch): void {
    this.decode(batch);
    this.take(batch);
  }

  /** First half of `process`, for whoever measures both: the header columns. */
  decode(batch: PacketBatch): void {
    decodeHeaders(batch, this.issues);
  }

  /** Second half of `process`: everything that has state. */
  take(batch: PacketBatch): void {
    const chosen = this.#selector?.choose(batch) ?? null;
    this.totals.add(batch, chosen);
    const { tsSeconds, tsNanos } = batch;
    const lane = chosen === null && batch.hot !== null && batch.hot === this.#memory ? this.#lane : null;
    const state = lane?.words;
    lane?.probe(batch);
    for (let i = batch.start; i < batch.count; i++) {
      if (chosen !== null && chosen[i] === 0) continue;
      if (lane !== null) {
        const clock = this.#clock;
        state![STATE.isCalm >>> 2] = clock.isCalm ? 1 : 0;
        state![STATE.seconds >>> 2] = clock.seconds;
        state![STATE.nanos >>> 2] = clock.nanos;
        i = lane.run(batch, i);
        clock.nanos = state![STATE.nanos >>> 2]!;
        if (i >= batch.count) break;
      }
      const moved = this.#clock.take(tsSeconds[i]!, tsNanos[i]!, batch.packetNumber(i));
      if (moved !== CLOCK.stands) this.#onClock(moved, batch.packetNumber(i));
      this.devices.packet(batch, i);
      const slot = this.#intake.packet(batch, i);
      if (batch.subframeOffset[i] !== 0) this.#subframesOf(batch, i);
      else if (slot >= 0 && lane !== null && lane.canTake(batch, i)) {
        const inspected = this.#inspector.inspected(slot);
        if (inspected !== 0) {
          this.flows.admit(batch, i, slot, this.devices.source, this.devices.destination, inspected);
        }
      }
    }
  }

  /** The further frames of an aggregate: they count for devices and flows, the whole is one packet. */
  #subframesOf(batch: PacketBatch, i: number): void {
    const subframes = this.#subframes;
    subframes.begin(batch, i);
    while (subframes.next(this.issues)) {
      this.devices.packet(subframes.batch, 0);
      this.#intake.packet(subframes.batch, 0);
    }
  }

  /**
   * Takes packets that were counted where they passed: they count for totals, devices and flows (so rates of devices
   * are right, and flows do not time out), and are seen by nobody. One of a flow that is not known is an issue. A
   * selection does not apply.
   */
  credit(traffic: CountedTraffic): void {
    const { rows } = traffic;
    const { tsSeconds, tsNanos } = rows;
    let latest = rows.start;
    this.totals.credit(traffic);
    for (let i = rows.start; i < rows.count; i++) {
      this.devices.credit(traffic, i);
      if (!this.flows.credit(traffic, i)) this.issues.add(ISSUE['flow/counted-apart'], rows.packetNumber(i));
      if (tsSeconds[i]! > tsSeconds[latest]!) latest = i;
    }
    if (latest >= rows.count || tsSeconds[latest]! <= this.#clock.seconds) return;
    const packet = rows.packetNumber(latest);
    const moved = this.#clock.take(tsSeconds[latest]!, tsNanos[latest]!, packet);
    if (moved !== CLOCK.stands) this.#onClock(moved, packet);
  }

  /**
   * Time went by without packets (live capture): flows that timed out by `seconds` end now and not with the next
   * packet. So flows that are still open when capturing ends may end in another order than when the recording is
   * analyzed, and findings name other packets of an episode as their first ones.
   */
  advance(seconds: number): void {
    if (seconds > this.#clock.seconds) this.flows.advance(seconds, 0);
  }

  /** What was found so far, a model's findings after those of the detectors. */
  findingsSoFar(): Finding[] {
    const rules = collectFindings(this.detectors, this.config.detect, this.devices);
    return rules.concat(...this.#outputs.map((output) => output.findingsSoFar?.(rules, this) ?? []));
  }

  /** No more packets: ends `most` of the flows that are left at most; true when none is left. `finish` comes after it. */
  finishFlows(most: number): boolean {
    return this.flows.end(most);
  }

  /** No more packets: ends all flows and lets every stage conclude. */
  finish(): void {
    this.flows.end();
    this.devices.end();
    for (const detector of this.detectors) detector.end?.();
  }

  #onClock(moved: number, packet: number): void {
    if (moved !== CLOCK.advanced) this.issues.add(ISSUE['time/backwards'], packet);
    if (moved === CLOCK.late) return;
    const { seconds, nanos, strays, strayPacket } = this.#clock;
    for (; this.#strays < strays; this.#strays++) this.issues.add(ISSUE['time/stray'], strayPacket);
    if (moved === CLOCK.turnedBack) this.flows.turnBack(seconds);
    else this.flows.advance(seconds, nanos);
    for (const detector of this.#onTick) detector.tick!(seconds);
  }

  #flowStart(slot: number, batch: PacketBatch, i: number): void {
    for (const output of this.#onOutputFlowStart) output.flowStart!(slot, this.flows);
    if (this.#onFlowStart.length === 0) return;
    const at = this.#at(batch, i, slot);
    for (const detector of this.#onFlowStart) detector.flowStart!(slot, at);
  }

  #flowEnd(slot: number): void {
    const { flows } = this;
    this.#inspector.flowEnd(slot);
    this.devices.flowEnd(slot, flows);
    for (const detector of this.#onFlowEnd[flowClass(flows, slot)]!) detector.flowEnd!(slot);
    for (const output of this.#outputs) output.flowEnd?.(slot, flows);
    const service = flows.service[slot]!;
    if (service !== 0) {
      this.totals.addService(
        PROTOCOLS[service - 1]!.name,
        flows.origPackets[slot]! + flows.respPackets[slot]!,
        flows.origIpBytes[slot]! + flows.respIpBytes[slot]!,
      );
    }
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
    for (const output of this.#outputs) output.observe?.(observation, at, this.flows);
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

/** What tells those outputs of packets that ask for them; null when none does. */
function packetTap(outputs: readonly Output[]): PacketTap | null {
  const asking = outputs.filter((output) => output.packet !== undefined);
  if (asking.length === 0) return null;
  return (batch, i, slot, fromOriginator) => {
    for (const output of asking) output.packet!(batch, i, slot, fromOriginator);
  };
}

/** The settings say by its digest which baseline was used: without it the report cannot be made again. */
function withBaseline(config: EngineConfig, { digest }: Baseline): EngineConfig {
  return { ...config, detect: { ...config.detect, baseline: digest } };
}

/** What the reused context points at before the first packet. */
const NO_BATCH = new PacketBatch(1);
