import { openCaptures } from '../../src/capture/open.ts';
import { FlowIntake } from '../../src/flow/intake.ts';
import { Inspector } from '../../src/flow/inspect.ts';
import { DEFAULT_FLOW_CONFIG, type FlowConfig, FlowTable } from '../../src/flow/table.ts';
import { decodeHeaders } from '../../src/packet/decode.ts';
import { IssueCounter } from '../../src/packet/issue.ts';
import { CONN_FIELDS, connValues } from '../../src/report/zeek/conn.ts';
import { formatTsv } from '../../src/report/zeek/value.ts';
import type { SourceOptions } from '../../src/capture/source.ts';
import type { ConnRow } from '../../scripts/conn-log.ts';

/** The connections of a capture, as rows of a connection log. */
export async function connectionsOf(
  path: string,
  config: FlowConfig = DEFAULT_FLOW_CONFIG,
  source: SourceOptions = {},
): Promise<readonly ConnRow[]> {
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
  const intake = new FlowIntake(flows, inspector, issues);
  for await (const batch of openCaptures([path], { noHash: true, ...source })) {
    decodeHeaders(batch, issues);
    for (let i = batch.start; i < batch.count; i++) intake.packet(batch, i);
  }
  flows.end();
  return rows;
}
