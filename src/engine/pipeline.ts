import { type FlowListener, FlowTable } from '../flow/table.ts';
import type { PacketTap } from '../flow/intake.ts';
import type { PacketBatch } from '../packet/batch.ts';
import type { CountedTraffic } from '../packet/counted-traffic.ts';
import { IssueCounter } from '../packet/issue.ts';
import { Learning, type LearningOptions } from './learning.ts';
import type { Output } from './output.ts';
import type { Selection } from './selection.ts';
import { Traffic } from './traffic.ts';

export interface PipelineOptions extends LearningOptions {
  /** Which packets to look at; null for all. */
  readonly selection: Selection | null;
}

/** All stages in one thread, driven by batches from any source. */
export class Pipeline extends Learning<FlowTable> {
  readonly #traffic: Traffic;

  constructor(options: PipelineOptions) {
    const issues = new IssueCounter();
    const listener: FlowListener = {};
    super(new FlowTable(options.config.flow, issues, listener), issues, options);
    listener.flowStart = (slot, batch, i) => this.flowStart(slot, batch, i);
    listener.flowEnd = (slot) => this.flowEnd(slot);
    this.#traffic = new Traffic({
      selection: options.selection,
      flows: this.flows,
      issues,
      totals: this.totals,
      devices: this.devices,
      inspector: this.inspector,
      onTick: (seconds) => this.tick(seconds),
      tap: packetTap(options.outputs),
      ...(options.memory === undefined ? {} : { memory: options.memory }),
    });
  }

  /** True when no later packet can change the result (a limit was reached). */
  get isSatisfied(): boolean {
    return this.#traffic.isSatisfied;
  }

  /** Takes rows `start` to `count - 1` of a batch. The batch is not needed afterwards. */
  process(batch: PacketBatch): void {
    this.decode(batch);
    this.take(batch);
  }

  /** First half of `process`, for whoever measures both: the header columns. */
  decode(batch: PacketBatch): void {
    this.#traffic.decode(batch);
  }

  /** Second half of `process`: everything that has state. */
  take(batch: PacketBatch): void {
    this.#traffic.take(batch);
  }

  /** Takes packets that were counted where they passed: as `Traffic.credit`, and for devices, so that their rates are right. */
  credit(traffic: CountedTraffic): void {
    for (let i = traffic.rows.start; i < traffic.rows.count; i++) this.devices.credit(traffic, i);
    this.#traffic.credit(traffic);
  }

  /**
   * Time went by without packets (live capture): flows that timed out by `seconds` end now and not with the next
   * packet. So flows that are still open when capturing ends may end in another order than when the recording is
   * analyzed, and findings name other packets of an episode as their first ones.
   */
  advance(seconds: number): void {
    this.#traffic.advance(seconds);
  }

  /** No more packets: ends `most` of the flows that are left at most; true when none is left. `finish` comes after it. */
  finishFlows(most: number): boolean {
    return this.flows.end(most);
  }

  /** No more packets: ends all flows and lets every stage conclude. */
  finish(): void {
    this.flows.end();
    this.conclude();
  }
}

/** What tells those outputs of packets that ask for them; null when none does. */
export function packetTap(outputs: readonly Output[]): PacketTap | null {
  const asking = outputs.filter((output) => output.packet !== undefined);
  if (asking.length === 0) return null;
  return (batch, i, slot, fromOriginator) => {
    for (const output of asking) output.packet!(batch, i, slot, fromOriginator);
  };
}
