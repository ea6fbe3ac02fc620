import { formatIpAt } from '../../bytes/address.ts';
import { formatTime } from '../../bytes/time.ts';
import { communityId } from '../../flow/community-id.ts';
import type { Flows } from '../../flow/flows.ts';

const PROTOCOL_NAMES: Readonly<Record<number, string>> = { 1: 'ICMP', 6: 'TCP', 17: 'UDP', 58: 'IPv6-ICMP' };
const END_REASONS: Readonly<Record<number, string>> = {
  1: 'closed',
  2: 'timeout',
  3: 'forced',
  4: 'shutdown',
  5: 'reused',
};

/** The members by which an event belongs to a flow, named as EVE names them. Source is the originator. */
export function flowIdentity(flows: Flows, slot: number): Record<string, unknown> {
  const protocol = flows.ipProtocol[slot]!;
  const isIcmp = protocol === 1 || protocol === 58;
  const ports = isIcmp
    ? { icmp_type: flows.origPort[slot]!, icmp_code: flows.respPort[slot]! }
    : { src_port: flows.origPort[slot]!, dest_port: flows.respPort[slot]! };
  return {
    flow_id: flows.id[slot]! + 1,
    src_ip: formatIpAt(flows.origIp, slot * 4),
    dest_ip: formatIpAt(flows.respIp, slot * 4),
    ...ports,
    proto: PROTOCOL_NAMES[protocol] ?? String(protocol),
    community_id: communityId(flows, slot),
  };
}

/** What a flow did, as EVE's `flow` and `tcp` members; `conn_state` and `history` are Zeek's. */
export function flowSummary(flows: Flows, slot: number): Record<string, unknown> {
  const summary: Record<string, unknown> = {
    flow: {
      pkts_toserver: flows.origPackets[slot]!,
      pkts_toclient: flows.respPackets[slot]!,
      bytes_toserver: flows.origIpBytes[slot]!,
      bytes_toclient: flows.respIpBytes[slot]!,
      payload_toserver: flows.payloadBytes(slot, true),
      payload_toclient: flows.payloadBytes(slot, false),
      start: formatTime(flows.firstSeconds[slot]!, flows.firstNanos[slot]!),
      end: formatTime(flows.lastSeconds[slot]!, flows.lastNanos[slot]!),
      age: Math.max(0, Math.floor(flows.durationNanos(slot) / 1e9)),
      state: flows.connState(slot),
      reason: END_REASONS[flows.endReason] ?? 'shutdown',
    },
  };
  if (flows.ipProtocol[slot] === 6) {
    summary['tcp'] = {
      tcp_flags_ts: flows.origTcpFlags[slot]!.toString(16).padStart(2, '0'),
      tcp_flags_tc: flows.respTcpFlags[slot]!.toString(16).padStart(2, '0'),
      history: flows.history(slot),
      missed_bytes: flows.missedBytes(slot),
    };
  }
  return summary;
}
