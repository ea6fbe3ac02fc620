import type { Finding } from '../detect/finding.ts';
import type { DeviceRegistry } from '../device/registry.ts';
import type { Flows } from '../flow/flows.ts';
import type { PacketBatch } from '../packet/batch.ts';
import type { MessageContext } from '../protocol/decoder.ts';
import type { Observation } from '../protocol/observation.ts';
import type { Report } from '../report/schema.ts';
import type { Learning } from './learning.ts';

/** What a model says of one flow. */
export interface FlowScore {
  /** Running number of the flow, from 0. */
  readonly flow: number;
  /** Its end. */
  readonly seconds: number;
  readonly nanos: number;
  /** The likeliest class that is not benign, and how likely it is. */
  readonly class: string;
  readonly score: number;
  /** The score reaches the threshold of its class. */
  readonly isAlarm: boolean;
}

/**
 * Something that writes while the analysis runs: Zeek logs, an event stream. Hooks are called in packet order, and
 * what they are given is valid during the call.
 */
export interface Output {
  /** Before the first packet. */
  begin?(flows: Flows, devices: DeviceRegistry): void;
  /** A flow began in `slot`; its first packet is counted and comes to `packet` next. */
  flowStart?(slot: number, flows: Flows): void;
  /** Row `i` was counted for the flow in `slot`: called for every packet, so it costs all of them. */
  packet?(batch: PacketBatch, i: number, slot: number, fromOriginator: boolean): void;
  observe?(observation: Observation, at: MessageContext, flows: Flows): void;
  /** A flow ended; its columns still stand. */
  flowEnd?(slot: number, flows: Flows): void;
  /** A model scored a flow: after its end, in the order in which flows end. */
  flowScore?(score: FlowScore): void;
  /** What it found itself, so far, beside the findings of the detectors. */
  findingsSoFar?(rules: readonly Finding[], learning: Learning): readonly Finding[];
  /** Awaited between batches, so that a slow disk slows reading instead of filling memory. */
  drain?(): Promise<void>;
  /** No more packets: what is buffered is written. */
  end(report: Report): Promise<void>;
}
