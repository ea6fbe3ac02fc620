/** Observations of a whole capture: source, header decoding, flow table and inspector, without what comes after. */
import { formatIpAt } from '../../src/bytes/address.ts';
import { openCaptures } from '../../src/capture/open.ts';
import { Inspector } from '../../src/flow/inspect.ts';
import { DEFAULT_FLOW_CONFIG, FlowTable } from '../../src/flow/table.ts';
import { decodeHeaders } from '../../src/packet/decode.ts';
import { IssueCounter } from '../../src/packet/issue.ts';
import type { Observation } from '../../src/protocol/observation.ts';

export interface Seen {
  readonly observation: Observation;
  readonly packet: number;
  /** Of the packet that completed the message. */
  readonly source: string;
  readonly sourcePort: number;
  readonly destination: string;
  readonly destinationPort: number;
}

export async function observeCapture(path: string, batchSize = 2048): Promise<Seen[]> {
  const seen: Seen[] = [];
  const issues = new IssueCounter();
  const flows: FlowTable = new FlowTable(DEFAULT_FLOW_CONFIG, issues, {
    flowEnd: (slot) => inspector.flowEnd(slot),
  });
  const inspector: Inspector = new Inspector(flows, issues, (observation, { batch, index, packet }) => {
    seen.push({
      observation,
      packet,
      source: formatIpAt(batch.srcIp, index * 4),
      sourcePort: batch.srcPort[index]!,
      destination: formatIpAt(batch.dstIp, index * 4),
      destinationPort: batch.dstPort[index]!,
    });
  });
  const source = openCaptures([path], { batchSize, noHash: true });
  for await (const batch of source) {
    decodeHeaders(batch, issues);
    for (let i = batch.start; i < batch.count; i++) inspector.packet(batch, i, flows.packet(batch, i));
  }
  await source.close();
  return seen;
}
