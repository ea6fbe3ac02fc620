import { parseIp } from '../../bytes/parse-ip.ts';
import { type FlowFacts, setHistory } from '../../detect/features/flow-facts.ts';
import { serviceClass } from '../../detect/features/service-class.ts';
import { IP_PROTOCOL } from '../../packet/layer.ts';
import type { LabelParser } from '../labels/conn-log-labels.ts';

const PROTOCOL_NUMBER: Readonly<Record<string, number>> = {
  tcp: IP_PROTOCOL.tcp,
  udp: IP_PROTOCOL.udp,
  icmp: IP_PROTOCOL.icmp,
};

/** Fills `facts` from the line that `parser` was given last; false when it holds no connection that can be used. */
export function readLogRow(parser: LabelParser, facts: FlowFacts): boolean {
  if (!parser.isConnection) return false;
  if (!parseIp(parser.cell('id.orig_h'), facts.orig) || !parseIp(parser.cell('id.resp_h'), facts.resp))
    return false;
  const protocol = PROTOCOL_NUMBER[parser.cell('proto')];
  if (protocol === undefined) return false;
  const history = parser.cell('history');
  facts.start = Number(parser.cell('ts'));
  facts.duration = parser.number('duration');
  facts.protocol = protocol;
  facts.service = serviceClass(parser.cell('service'));
  facts.state = parser.cell('conn_state');
  setHistory(facts, history === '-' ? '' : history);
  facts.origPort = parser.number('id.orig_p');
  facts.respPort = parser.number('id.resp_p');
  facts.origPackets = parser.number('orig_pkts');
  facts.respPackets = parser.number('resp_pkts');
  facts.origPayload = parser.number('orig_bytes');
  facts.respPayload = parser.number('resp_bytes');
  facts.origIpBytes = parser.number('orig_ip_bytes');
  facts.respIpBytes = parser.number('resp_ip_bytes');
  return true;
}
