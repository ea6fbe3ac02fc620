import type { Flows } from '../../flow/flows.ts';
import type { FlowFacts } from './flow-facts.ts';
import { SERVICE_CLASS_OF_FLOW } from './service-class.ts';

/** Fills `facts` with the flow in `slot`, as conn.log would tell it. */
export function readFlow(flows: Flows, slot: number, facts: FlowFacts): void {
  facts.start = flows.firstSeconds[slot]! + flows.firstNanos[slot]! / 1e9;
  facts.duration = Math.max(0, flows.durationNanos(slot) / 1e9);
  facts.protocol = flows.ipProtocol[slot]!;
  facts.service = flows.tunnelPort(slot) === undefined ? SERVICE_CLASS_OF_FLOW[flows.service[slot]!]! : 0;
  facts.state = flows.connState(slot);
  facts.historyLength = flows.historyLength(slot);
  facts.letters = flows.lettersOf(slot);
  facts.origPort = flows.origPort[slot]!;
  facts.respPort = flows.respPort[slot]!;
  facts.origPackets = flows.origPackets[slot]!;
  facts.respPackets = flows.respPackets[slot]!;
  facts.origPayload = flows.payloadBytes(slot, true);
  facts.respPayload = flows.payloadBytes(slot, false);
  facts.origIpBytes = flows.origIpBytes[slot]!;
  facts.respIpBytes = flows.respIpBytes[slot]!;
  for (let w = 0; w < 4; w++) {
    facts.orig[w] = flows.origIp[slot * 4 + w]!;
    facts.resp[w] = flows.respIp[slot * 4 + w]!;
  }
}
