import { formatIpAt } from '../../bytes/address.ts';
import type { Flows } from '../../flow/flows.ts';
import { flowUid } from '../../flow/uid.ts';
import type { Field, FieldValue } from './value.ts';

/** The columns with which every log that belongs to a connection begins, after `ts`. */
export const FLOW_ID_FIELDS: readonly Field[] = [
  { name: 'uid', type: 'string' },
  { name: 'id.orig_h', type: 'addr' },
  { name: 'id.orig_p', type: 'port' },
  { name: 'id.resp_h', type: 'addr' },
  { name: 'id.resp_p', type: 'port' },
];

export function flowIdValues(flows: Flows, slot: number): FieldValue[] {
  return [
    flowUid(flows, slot),
    formatIpAt(flows.origIp, slot * 4),
    flows.origPort[slot]!,
    formatIpAt(flows.respIp, slot * 4),
    flows.respPort[slot]!,
  ];
}

const PROTOCOL_NAMES: Readonly<Record<number, string>> = { 1: 'icmp', 6: 'tcp', 17: 'udp', 58: 'icmp' };

/** Zeek's `transport_proto`. */
export function transportName(ipProtocol: number): string {
  return PROTOCOL_NAMES[ipProtocol] ?? 'unknown_transport';
}
