import type { PacketBatch } from '../packet/batch.ts';
import { IP_PROTOCOL } from '../packet/layer.ts';
import type { FlowColumns } from './columns.ts';

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** Characters after the `C`, as in Zeek's 96-bit uids. */
const LENGTH = 17;

/**
 * The flow's uid: `C` and base 62 of a hash over its start, its number and its addresses, whichever way round. The
 * same capture gives the same uids in every run; Zeek's own are random.
 */
export function flowUid(flows: FlowColumns, slot: number): string {
  let a = mix(0x811c_9dc5, flows.firstSeconds[slot]!);
  let b = mix(0x9e37_79b9, flows.firstNanos[slot]!);
  a = mix(a, flows.id[slot]! >>> 0);
  b = mix(b, (flows.origPort[slot]! ^ flows.respPort[slot]!) * 256 + flows.ipProtocol[slot]!);
  for (let w = slot * 4; w < slot * 4 + 4; w++) {
    a = mix(a, flows.origIp[w]! ^ flows.respIp[w]!);
    b = mix(b, (flows.origIp[w]! + flows.respIp[w]!) >>> 0);
  }
  return uidText(a, b);
}

/** A uid for a tunnel that is no flow (IP in IP, GRE): of its two ends, whichever way round. Row `i` holds them. */
export function tunnelUid(outer: PacketBatch, i: number): string {
  let a = mix(0x811c_9dc5, outer.ipProtocol[i]!);
  let b = mix(0x9e37_79b9, IP_PROTOCOL.gre);
  for (let w = i * 4; w < i * 4 + 4; w++) {
    a = mix(a, outer.srcIp[w]! ^ outer.dstIp[w]!);
    b = mix(b, (outer.srcIp[w]! + outer.dstIp[w]!) >>> 0);
  }
  return uidText(a, b);
}

function uidText(a: number, b: number): string {
  let text = 'C';
  for (let n = 0; n < LENGTH; n++) {
    a = mix(a, b + n);
    b = mix(b, a);
    text += BASE62[a % 62]!;
  }
  return text;
}

function mix(hash: number, value: number): number {
  let h = Math.imul(hash ^ value, 0x85eb_ca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2_ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
