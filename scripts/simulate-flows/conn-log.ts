import type { SimulatedFlow } from './flow.ts';

const HEADER = [
  '#separator \\x09',
  '#set_separator\t,',
  '#empty_field\t(empty)',
  '#unset_field\t-',
  '#path\tconn',
  '#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\tduration\torig_bytes\tresp_bytes\tconn_state\tlocal_orig\tlocal_resp\tmissed_bytes\thistory\torig_pkts\torig_ip_bytes\tresp_pkts\tresp_ip_bytes\ttunnel_parents   label   detailed-label',
];

/** A labelled log as IoT-23 has them. */
export function connLog(flows: readonly SimulatedFlow[]): string {
  const rows = flows.map((flow, index) => {
    const isTimed = flow.duration > 0;
    const label = flow.label === 'Benign' ? '-   Benign   -' : `-   Malicious   ${flow.label}`;
    return [
      flow.start.toFixed(6),
      `S${String(index).padStart(8, '0')}`,
      flow.orig,
      flow.origPort,
      flow.resp,
      flow.respPort,
      flow.proto,
      flow.service,
      isTimed ? flow.duration.toFixed(6) : '-',
      isTimed ? flow.origBytes : '-',
      isTimed ? flow.respBytes : '-',
      flow.state,
      '-',
      '-',
      0,
      flow.history,
      flow.origPackets,
      flow.origIpBytes,
      flow.respPackets,
      flow.respIpBytes,
      label,
    ].join('\t');
  });
  return `${[...HEADER, ...rows].join('\n')}\n`;
}
