import { openCaptures } from '../../src/capture/open.ts';
import { FragmentReassembler } from '../../src/flow/fragments.ts';
import { Inspector } from '../../src/flow/inspect.ts';
import { DEFAULT_FLOW_CONFIG, type FlowConfig, FlowTable } from '../../src/flow/table.ts';
import { decodeHeaders } from '../../src/packet/decode.ts';
import { IssueCounter } from '../../src/packet/issue.ts';
import { LAYER } from '../../src/packet/layer.ts';
import { CONN_FIELDS, connValues } from '../../src/report/zeek/conn.ts';
import { formatTsv } from '../../src/report/zeek/value.ts';
import type { SourceOptions } from '../../src/capture/source.ts';
import type { ConnRow } from '../../scripts/conn-log.ts';

export interface Connections {
  readonly rows: readonly ConnRow[];
  /** Packets that belong to a flow. */
  readonly packets: number;
}

/** The connections of a capture, as rows of a connection log. */
export async function connectionsOf(
  path: string,
  config: FlowConfig = DEFAULT_FLOW_CONFIG,
  source: SourceOptions = {},
): Promise<Connections> {
  const issues = new IssueCounter();
  const rows: ConnRow[] = [];
  const flows: FlowTable = new FlowTable(config, issues, {
    flowEnd: (slot) => {
      const values = connValues(flows, slot);
      rows.push(Object.fromEntries(CONN_FIELDS.map((field, i) => [field.name, formatTsv(values[i])])));
      inspector.flowEnd(slot);
    },
  });
  const inspector: Inspector = new Inspector(flows, issues, () => {});
  const fragments = new FragmentReassembler(config, issues);
  let packets = 0;
  for await (const batch of openCaptures([path], { noHash: true, ...source })) {
    decodeHeaders(batch, issues);
    for (let i = batch.start; i < batch.count; i++) {
      const isFragment = (batch.layers[i]! & LAYER.fragment) !== 0;
      const whole = isFragment ? fragments.offer(batch, i) : batch;
      if (whole === null) continue;
      const row = isFragment ? 0 : i;
      const slot = flows.packet(whole, row);
      inspector.packet(whole, row, slot);
      if (slot >= 0) packets++;
    }
  }
  flows.end();
  return { rows, packets };
}
