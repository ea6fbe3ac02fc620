import { formatIpAt } from '../../src/bytes/address.ts';
import { openCaptures } from '../../src/capture/open.ts';
import { DEFAULT_FLOW_CONFIG, type FlowConfig, FlowTable } from '../../src/flow/table.ts';
import { decodeHeaders } from '../../src/packet/decode.ts';
import { IssueCounter } from '../../src/packet/issue.ts';
import type { ConnRow } from '../../scripts/conn-log.ts';

const PROTOCOL_NAME: Readonly<Record<number, string>> = { 1: 'icmp', 6: 'tcp', 17: 'udp', 58: 'icmp' };

export interface Connections {
  readonly rows: readonly ConnRow[];
  /** Packets that belong to a flow. */
  readonly packets: number;
  readonly flows: FlowTable;
}

/** The connections of a capture, as rows of a connection log. */
export async function connectionsOf(
  path: string,
  config: FlowConfig = DEFAULT_FLOW_CONFIG,
): Promise<Connections> {
  const issues = new IssueCounter();
  const rows: ConnRow[] = [];
  const flows: FlowTable = new FlowTable(config, issues, {
    flowEnd: (slot) => rows.push(rowOf(flows, slot)),
  });
  let packets = 0;
  for await (const batch of openCaptures([path], { noHash: true })) {
    decodeHeaders(batch, issues);
    for (let i = batch.start; i < batch.count; i++) if (flows.packet(batch, i) >= 0) packets++;
  }
  flows.end();
  return { rows, packets, flows };
}

function rowOf(flows: FlowTable, slot: number): ConnRow {
  const micros = Math.round(flows.durationNanos(slot) / 1000);
  const hasDuration = micros > 0;
  return {
    ts: `${flows.firstSeconds[slot]}.${String(flows.firstNanos[slot]).padStart(9, '0').slice(0, 6)}`,
    'id.orig_h': formatIpAt(flows.origIp, slot * 4),
    'id.orig_p': String(flows.origPort[slot]),
    'id.resp_h': formatIpAt(flows.respIp, slot * 4),
    'id.resp_p': String(flows.respPort[slot]),
    proto: PROTOCOL_NAME[flows.ipProtocol[slot]!] ?? 'unknown',
    duration: hasDuration ? (micros / 1e6).toFixed(6) : '-',
    orig_bytes: hasDuration ? String(flows.payloadBytes(slot, true)) : '-',
    resp_bytes: hasDuration ? String(flows.payloadBytes(slot, false)) : '-',
    conn_state: flows.connState(slot),
    missed_bytes: String(flows.missedBytes(slot)),
    history: flows.history(slot) || '-',
    orig_pkts: String(flows.origPackets[slot]),
    orig_ip_bytes: String(flows.origIpBytes[slot]),
    resp_pkts: String(flows.respPackets[slot]),
    resp_ip_bytes: String(flows.respIpBytes[slot]),
  };
}
