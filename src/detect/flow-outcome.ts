/** How a flow came out, as far as scans and storms are concerned. Read at the flow's end. */
import { isIpv4Words } from '../bytes/address.ts';
import type { FlowColumns } from '../flow/columns.ts';
import { IP_PROTOCOL, TCP_FLAG } from '../packet/layer.ts';

const { fin, syn, rst, ack, urg } = TCP_FLAG;
/** IP and TCP headers with the options of a handshake, rounded up. */
const MAX_EMPTY_SEGMENT = 64;

/** Kinds of ends, so that most detectors need not look at most flows. */
export const FLOW_CLASS = {
  /** A TCP connection that came about, was used and is no scan's. */
  connection: 1,
  /** Datagrams that were answered. */
  exchange: 2,
  /** All else: what failed, was cut short, or is neither. */
  other: 4,
} as const;

/** Which of `FLOW_CLASS` a flow that ends is. No part of a probe (`tcpProbe`) or a flood is ever in the first two. */
export function flowClass(flows: FlowColumns, slot: number): number {
  const protocol = flows.ipProtocol[slot]!;
  if (protocol === IP_PROTOCOL.udp)
    return flows.respPackets[slot] === 0 ? FLOW_CLASS.other : FLOW_CLASS.exchange;
  const isConnection =
    protocol === IP_PROTOCOL.tcp &&
    (flows.origTcpFlags[slot]! & (syn | ack)) === (syn | ack) &&
    (flows.respTcpFlags[slot]! & syn) !== 0 &&
    !isEmptyHandshake(flows, slot);
  return isConnection ? FLOW_CLASS.connection : FLOW_CLASS.other;
}

/** A TCP connection was asked for and did not come about: no answer, or a refusal. */
export function isRefused(flows: FlowColumns, slot: number): boolean {
  return (
    flows.ipProtocol[slot] === IP_PROTOCOL.tcp &&
    (flows.origTcpFlags[slot]! & syn) !== 0 &&
    (flows.respTcpFlags[slot]! & syn) === 0
  );
}

/** A TCP connection came about and carried nothing: what a connect or half-open scan leaves at an open port. */
export function isEmptyHandshake(flows: FlowColumns, slot: number): boolean {
  if (flows.ipProtocol[slot] !== IP_PROTOCOL.tcp) return false;
  const orig = flows.origTcpFlags[slot]!;
  if (
    (orig & syn) === 0 ||
    (flows.respTcpFlags[slot]! & syn) === 0 ||
    ((orig | flows.respTcpFlags[slot]!) & (rst | fin)) === 0
  ) {
    return false;
  }
  return (
    flows.origPackets[slot]! <= 5 &&
    flows.origIpBytes[slot]! <= flows.origPackets[slot]! * MAX_EMPTY_SEGMENT &&
    flows.respIpBytes[slot]! <= flows.respPackets[slot]! * MAX_EMPTY_SEGMENT
  );
}

/** Ports above it are given to clients. */
const FIRST_EPHEMERAL = 32_768;

/**
 * What kind of probe a TCP segment is that opens nothing and answers nothing: `FIN`, `NULL`, `Xmas`, which no stack
 * sends, `ACK` and `Maimon` (FIN with ACK), which look like the rest of a connection; '' for everything else.
 */
export function stealthProbe(flows: FlowColumns, slot: number): string {
  if (flows.ipProtocol[slot] !== IP_PROTOCOL.tcp || flows.origPackets[slot]! > 2) return '';
  const orig = flows.origTcpFlags[slot]!;
  if ((orig & (syn | rst)) !== 0) return '';
  if ((orig & ack) === 0) {
    if (orig === 0) return 'NULL';
    if ((orig & urg) !== 0) return 'Xmas';
    return (orig & fin) !== 0 ? 'FIN' : '';
  }
  // The rest of a connection that began before the capture: it carries something, is answered, or goes to a client.
  const isRest =
    (orig & ~(ack | fin)) !== 0 ||
    flows.origIpBytes[slot]! > flows.origPackets[slot]! * MAX_EMPTY_SEGMENT ||
    (flows.respPackets[slot]! > 0 && (flows.respTcpFlags[slot]! & ~(rst | ack)) !== 0) ||
    (flows.respPackets[slot]! > 0 && (flows.respTcpFlags[slot]! & rst) === 0) ||
    flows.origPort[slot]! < 1024 ||
    flows.respPort[slot]! >= FIRST_EPHEMERAL;
  return isRest ? '' : (orig & fin) !== 0 ? 'Maimon' : 'ACK';
}

/** How a TCP flow looks for an open port: `SYN`, `half-open`, `connect`, or a kind of stealth probe; '' when it does not. */
export function tcpProbe(flows: FlowColumns, slot: number): string {
  if (isRefused(flows, slot)) return 'SYN';
  if (isEmptyHandshake(flows, slot)) return (flows.origTcpFlags[slot]! & ack) !== 0 ? 'connect' : 'half-open';
  return stealthProbe(flows, slot);
}

export function isUnansweredUdp(flows: FlowColumns, slot: number): boolean {
  return flows.ipProtocol[slot] === IP_PROTOCOL.udp && flows.respPackets[slot] === 0;
}

/** The flow goes to a group, or where no host is (240.0.0.0/4). */
export function isToGroup({ respIp }: FlowColumns, slot: number): boolean {
  const at = slot * 4;
  return isIpv4Words(respIp[at]!, respIp[at + 1]!, respIp[at + 2]!)
    ? respIp[at + 3]! >>> 28 >= 14
    : respIp[at]! >>> 24 === 0xff;
}
