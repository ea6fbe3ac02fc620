/** The connections of a capture, as labels and findings speak of them. */
import { formatIpAt } from '../bytes/address.ts';
import type { FlowScore, Output } from '../engine/output.ts';
import type { Flows } from '../flow/flows.ts';
import { IP_PROTOCOL } from '../packet/layer.ts';
import type { LabelledFlow } from './labels/conn-log-labels.ts';

const PROTOCOL_NAME: ReadonlyMap<number, string> = new Map([
  [IP_PROTOCOL.tcp, 'tcp'],
  [IP_PROTOCOL.udp, 'udp'],
  [IP_PROTOCOL.icmp, 'icmp'],
  [IP_PROTOCOL.icmpv6, 'icmp'],
]);

/** The connection in `slot`; `label` is '' for a benign one. */
export function flowIn(slot: number, flows: Flows, label: string): LabelledFlow {
  return {
    start: flows.firstSeconds[slot]! + flows.firstNanos[slot]! / 1e9,
    duration: Math.max(0, flows.durationNanos(slot) / 1e9),
    originator: formatIpAt(flows.origIp, slot * 4),
    originatorPort: flows.origPort[slot]!,
    responder: formatIpAt(flows.respIp, slot * 4),
    responderPort: flows.respPort[slot]!,
    protocol: PROTOCOL_NAME.get(flows.ipProtocol[slot]!) ?? '',
    malicious: label !== '',
    label: label === '' ? 'Benign' : label,
  };
}

/** An output that collects the connections of a capture in which nothing is wrong, and counts those that a model calls. */
export class BenignFlows implements Output {
  readonly flows: LabelledFlow[] = [];
  called = 0;

  flowEnd(slot: number, flows: Flows): void {
    this.flows.push(flowIn(slot, flows, ''));
  }

  flowScore({ isAlarm }: FlowScore): void {
    if (isAlarm) this.called++;
  }

  end(): Promise<void> {
    return Promise.resolve();
  }
}
