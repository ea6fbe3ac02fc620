/** How a flow came out, as far as scans and storms are concerned. Read at the flow's end. */
import type { FlowColumns } from '../flow/columns.ts';
import { IP_PROTOCOL, TCP_FLAG } from '../packet/layer.ts';

const { fin, syn, rst, ack, urg } = TCP_FLAG;
/** IP and TCP headers with the options of a handshake, rounded up. */
const MAX_EMPTY_SEGMENT = 64;

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

/** A TCP segment that opens nothing and answers nothing (FIN, NULL and Xmas scans): no stack sends it. */
export function isStealthProbe(flows: FlowColumns, slot: number): boolean {
  if (flows.ipProtocol[slot] !== IP_PROTOCOL.tcp || flows.origPackets[slot]! > 2) return false;
  const orig = flows.origTcpFlags[slot]!;
  return (orig & (syn | ack | rst)) === 0 && (orig === 0 || (orig & (fin | urg)) !== 0);
}

export function isUnansweredUdp(flows: FlowColumns, slot: number): boolean {
  return flows.ipProtocol[slot] === IP_PROTOCOL.udp && flows.respPackets[slot] === 0;
}
