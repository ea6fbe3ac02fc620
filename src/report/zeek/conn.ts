import type { Flows } from '../../flow/flows.ts';
import { PROTOCOLS } from '../../protocol/list.ts';
import { FLOW_ID_FIELDS, flowIdValues, transportName } from './flow-id.ts';
import { isLocalAddress } from './local-nets.ts';
import { type Field, type FieldValue, intervalText, timeText } from './value.ts';

/** conn.log: one row per connection, from the columns of the flow table. */
export const CONN_FIELDS: readonly Field[] = [
  { name: 'ts', type: 'time' },
  ...FLOW_ID_FIELDS,
  { name: 'proto', type: 'enum' },
  { name: 'service', type: 'string' },
  { name: 'duration', type: 'interval' },
  { name: 'orig_bytes', type: 'count' },
  { name: 'resp_bytes', type: 'count' },
  { name: 'conn_state', type: 'string' },
  { name: 'local_orig', type: 'bool' },
  { name: 'local_resp', type: 'bool' },
  { name: 'missed_bytes', type: 'count' },
  { name: 'history', type: 'string' },
  { name: 'orig_pkts', type: 'count' },
  { name: 'orig_ip_bytes', type: 'count' },
  { name: 'resp_pkts', type: 'count' },
  { name: 'resp_ip_bytes', type: 'count' },
  { name: 'tunnel_parents', type: 'set[string]' },
  { name: 'ip_proto', type: 'count' },
];

/** Zeek knows these as one protocol each. */
const ZEEK_SERVICE: Readonly<Record<string, string>> = { mdns: 'dns', llmnr: 'dns', 'netbios-ns': 'dns' };

/** Zeek's names of tunnels over UDP by port; without one of these it is Teredo between peers (0). */
const TUNNEL_SERVICE: Readonly<Record<number, string>> = {
  0: 'teredo',
  2152: 'gtpv1',
  3544: 'teredo',
  4789: 'vxlan',
  5072: 'ayiya',
  6081: 'geneve',
  8472: 'vxlan',
};

/** Zeek's name of the service recognised from content; undefined when none was. */
export function serviceName(flows: Flows, slot: number): string | undefined {
  const tunnel = flows.tunnelPort(slot);
  if (tunnel !== undefined) return TUNNEL_SERVICE[tunnel];
  const name = PROTOCOLS[flows.service[slot]! - 1]?.name;
  return name === undefined ? undefined : (ZEEK_SERVICE[name] ?? name);
}

export function connValues(flows: Flows, slot: number): FieldValue[] {
  const duration = flows.durationNanos(slot);
  // Zeek leaves sizes unset together with a duration of zero.
  const isLonger = duration > 0;
  const history = flows.history(slot);
  return [
    timeText(flows.firstSeconds[slot]!, flows.firstNanos[slot]!),
    ...flowIdValues(flows, slot),
    transportName(flows.ipProtocol[slot]!),
    serviceName(flows, slot),
    isLonger ? intervalText(duration) : undefined,
    isLonger ? flows.payloadBytes(slot, true) : undefined,
    isLonger ? flows.payloadBytes(slot, false) : undefined,
    flows.connState(slot),
    isLocalAddress(flows.origIp, slot * 4),
    isLocalAddress(flows.respIp, slot * 4),
    flows.missedBytes(slot),
    history === '' ? undefined : history,
    flows.origPackets[slot]!,
    flows.origIpBytes[slot]!,
    flows.respPackets[slot]!,
    flows.respIpBytes[slot]!,
    flows.tunnelParents(slot),
    flows.ipProtocol[slot]!,
  ];
}
