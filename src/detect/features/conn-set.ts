/**
 * The feature set `conn`: what one row of Zeek's conn.log holds, and what the rows before it tell of the same hosts.
 * It can be computed from published logs without captures. On purpose it has no address, no absolute time, no exact port
 * and no protocol that only some versions of Zeek recognise: those would tell scenarios apart, not behaviour.
 */
import { featureSetId, type FeatureDefinition, type FeatureSet, flag, quantity, share } from './feature.ts';
import { PORT_CLASSES } from './port-class.ts';
import { SERVICE_CLASSES } from './service-class.ts';
import { STATE_CLASSES } from './state-class.ts';

/** Flows that are remembered of an originator and of a responder, and of a pair (see host-windows.ts); powers of two. */
export const WINDOW = { flows: 128, sourceSeconds: 3600, targetSeconds: 60, pairFlows: 32 } as const;

const FLOW: readonly FeatureDefinition[] = [
  quantity('duration', 's', 'From the first packet to the last; 0 where the log does not say'),
  quantity('orig_packets', 'packets', 'Packets of the originator', { group: 'sent' }),
  quantity('resp_packets', 'packets', 'Packets of the responder', { group: 'received' }),
  quantity('orig_payload', 'B', 'Payload of the originator; 0 for a flow without duration, as in the log', {
    group: 'sent',
  }),
  quantity('resp_payload', 'B', 'Payload of the responder; 0 for a flow without duration', {
    group: 'received',
  }),
  quantity('orig_ip_bytes', 'B', 'IP bytes of the originator', { group: 'sent' }),
  quantity('resp_ip_bytes', 'B', 'IP bytes of the responder', { group: 'received' }),
  quantity('orig_packet_size', 'B', 'Mean IP bytes of a packet of the originator', {
    max: 65_535,
    group: 'sent',
  }),
  quantity('resp_packet_size', 'B', 'Mean IP bytes of a packet of the responder', {
    max: 65_535,
    group: 'received',
  }),
  share('payload_balance', 'Payload sent less received, of both together: 1 only sent, -1 only received', {
    min: -1,
  }),
  quantity('packet_rate', '1/s', 'Packets of both sides a second; 0 without duration'),
  quantity('orig_byte_rate', 'B/s', 'IP bytes of the originator a second; 0 without duration', {
    group: 'sent',
  }),
];

const PROTOCOL: readonly FeatureDefinition[] = [
  flag('is_tcp', 'TCP', 'protocol'),
  flag('is_udp', 'UDP', 'protocol'),
  flag('is_icmp', 'ICMP or ICMPv6', 'protocol'),
];

const HISTORY: readonly FeatureDefinition[] = [
  quantity('history_length', 'letters', "Letters of Zeek's history", { group: 'history' }),
  flag('history_orig_syn', 'The originator sent a SYN', 'history'),
  flag('history_resp_syn_ack', 'The responder answered with SYN and ACK', 'history'),
  flag('history_orig_data', 'The originator sent payload', 'history'),
  flag('history_resp_data', 'The responder sent payload', 'history'),
  flag('history_orig_fin', 'The originator closed its side', 'history'),
  flag('history_resp_fin', 'The responder closed its side', 'history'),
  flag('history_orig_reset', 'The originator reset the connection', 'history'),
  flag('history_resp_reset', 'The responder reset the connection', 'history'),
  flag('history_retransmission', 'Either side sent payload again', 'history'),
];

const CLASSES: readonly FeatureDefinition[] = [
  ...STATE_CLASSES.map(({ name, description }) => flag(`state_${name}`, description, 'state')),
  ...SERVICE_CLASSES.map((name) =>
    flag(
      `service_${name}`,
      name === 'none' ? 'No service that every Zeek knows' : `Zeek's service ${name}`,
      'service',
    ),
  ),
  ...PORT_CLASSES.map(({ name, description }) => flag(`port_${name}`, description, 'port')),
  flag('orig_is_public', 'The originator has an address of the internet', 'scope'),
  flag('resp_is_public', 'The responder has an address of the internet', 'scope'),
  flag('resp_is_group', 'The responder is a multicast or broadcast address', 'scope'),
];

const SOURCE = `of its originator that ended last, at most ${WINDOW.flows} and begun within ${WINDOW.sourceSeconds} s, this one included`;
const TARGET = `to its responder that ended last, at most ${WINDOW.flows} and begun within ${WINDOW.targetSeconds} s, this one included`;
const PAIR = `of its originator to the same responder, port and protocol, at most ${WINDOW.pairFlows} and begun within ${WINDOW.sourceSeconds} s, this one included`;

const REPETITION: readonly FeatureDefinition[] = [
  quantity('src_flows', 'flows', `Flows ${SOURCE}`, { min: 1, max: WINDOW.flows, group: 'source' }),
  quantity('src_flow_rate', '1/s', `Flows a second ${SOURCE}`, { group: 'source' }),
  quantity('src_responders', 'hosts', `Different responders of the flows ${SOURCE}`, {
    max: WINDOW.flows,
    group: 'source',
  }),
  quantity('src_ports', 'ports', `Different responder ports of the flows ${SOURCE}`, {
    max: WINDOW.flows,
    group: 'source',
  }),
  quantity('src_responders_on_port', 'hosts', `Different responders on this port of the flows ${SOURCE}`, {
    max: WINDOW.flows,
    group: 'source',
  }),
  quantity('src_ports_on_responder', 'ports', `Different ports of this responder of the flows ${SOURCE}`, {
    max: WINDOW.flows,
    group: 'source',
  }),
  share('src_unanswered', `Share unanswered or rejected (not to groups) of the flows ${SOURCE}`, {
    group: 'source',
  }),
  quantity('dst_flows', 'flows', `Flows ${TARGET}`, { min: 1, max: WINDOW.flows, group: 'target' }),
  quantity('dst_flow_rate', '1/s', `Flows a second ${TARGET}`, { group: 'target' }),
  quantity('dst_originators', 'hosts', `Different originators of the flows ${TARGET}`, {
    max: WINDOW.flows,
    group: 'target',
  }),
  share('dst_unanswered', `Share unanswered or rejected (not to groups) of the flows ${TARGET}`, {
    group: 'target',
  }),
  quantity('pair_flows', 'flows', `Flows ${PAIR}`, { min: 1, max: WINDOW.pairFlows, group: 'pair' }),
  share('pair_unanswered', `Share unanswered or rejected (not to groups) of the flows ${PAIR}`, {
    group: 'pair',
  }),
  quantity(
    'pair_interval',
    's',
    `Mean time between the beginnings of the flows ${PAIR}; 0 for a single one`,
    { group: 'pair' },
  ),
  quantity(
    'pair_interval_variation',
    '',
    `Standard deviation of those times over their mean, -1 for fewer than three flows`,
    { min: -1, group: 'pair' },
  ),
  share('pair_same_payload', `Share with the same payload of the originator of the flows ${PAIR}`, {
    group: 'pair',
  }),
];

export const CONN_SET: FeatureSet = {
  name: 'conn',
  version: 1,
  features: [...FLOW, ...PROTOCOL, ...HISTORY, ...CLASSES, ...REPETITION],
};

export const CONN_SET_ID = featureSetId(CONN_SET);
