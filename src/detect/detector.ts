import type { Mac } from '../bytes/address.ts';
import type { DeviceRegistry } from '../device/registry.ts';
import type { FlowColumns } from '../flow/columns.ts';
import type { IssueCounter } from '../packet/issue.ts';
import type { MessageContext } from '../protocol/decoder.ts';
import type { Observation } from '../protocol/observation.ts';
import type { Finding } from './finding.ts';
import type { FlowEnds } from './flow-ends.ts';

/** What a detector may look at. Views, not copies: valid during the call. */
export interface DetectorView {
  readonly flows: FlowColumns;
  readonly devices: DeviceRegistry;
  readonly issues: IssueCounter;
  readonly ends: FlowEnds;
}

/**
 * A detector. Driven by packet time alone: no clock, no randomness, no I/O; its state is bounded, and the bound is
 * stated in its file. All hooks are optional. The order of calls is the order of packets and does not depend on
 * batch boundaries.
 */
export interface Detector {
  readonly id: string;
  /** Kinds of messages that `observe` is called for; goes with it. */
  readonly kinds?: readonly Observation['kind'][];
  /** A decoded message. */
  observe?(observation: Observation, at: MessageContext): void;
  /** The first packet of a flow was seen. */
  flowStart?(slot: number, at: MessageContext): void;
  /** A flow ended (closed, timed out, evicted or end of capture); its columns still stand. */
  flowEnd?(slot: number): void;
  /** Flows that `flowEnd` is called for, as bits of `FLOW_CLASS`; all when absent. */
  readonly flowClasses?: number;
  /** A device was seen for the first time. */
  deviceNew?(device: number, at: MessageContext): void;
  /** Packet time entered a new second; `seconds` is that second. Seconds without packets are not called. */
  tick?(seconds: number): void;
  /** No more packets. Findings are collected after this. */
  end?(): void;
  /** All findings so far, in any order. Changes nothing: live mode asks again and again, and for the last time after `end`. */
  findings(): Finding[];
}

/** Makes a detector with its part of the configuration. */
export type DetectorFactory<Config> = (config: Config, view: DetectorView) => Detector;

export type { Mac };
