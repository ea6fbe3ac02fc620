/** Whole frames of the protocols that carry the rest: UDP over IPv4, ARP, IGMP. */
import type { Endpoint, FrameWriter } from './frame-writer.ts';

const BROADCAST = 0xffff_ffff_ffff;
/** Second that a synthetic capture begins with. */
export const EPOCH_SECONDS = 1_700_000_000;

/** A datagram with `length` octets of `payload` from `offset` on. */
export function writeDatagram(
  out: FrameWriter,
  from: Endpoint,
  to: Endpoint,
  ports: readonly [number, number],
  ttl: number,
  payload: Uint8Array,
  length = payload.length,
  offset = 0,
): void {
  let at = out.ethernet(to.mac, from.mac, 0x0800);
  at = out.ipv4(at, from.ip, to.ip, 17, ttl, length + 8);
  at = out.udp(at, ports[0], ports[1], length);
  if (length > 0) out.bytes.set(payload.subarray(offset, offset + length), at);
  out.finish(at + length, EPOCH_SECONDS);
}

/** A request to everybody (`target.mac` is not known and 0), or the answer to one. */
export function writeArp(out: FrameWriter, from: Endpoint, target: Endpoint): void {
  const { view } = out;
  const isRequest = target.mac === 0;
  const at = out.ethernet(isRequest ? BROADCAST : target.mac, from.mac, 0x0806);
  view.setUint32(at, 0x00010800);
  view.setUint32(at + 4, isRequest ? 0x06040001 : 0x06040002);
  view.setUint16(at + 8, Math.floor(from.mac / 0x1_0000_0000));
  view.setUint32(at + 10, from.mac % 0x1_0000_0000);
  view.setUint32(at + 14, from.ip);
  view.setUint16(at + 18, Math.floor(target.mac / 0x1_0000_0000));
  view.setUint32(at + 20, target.mac % 0x1_0000_0000);
  view.setUint32(at + 24, target.ip);
  out.finish(at + 28, EPOCH_SECONDS);
}

/** IGMPv2 membership report (RFC 2236) for `group`. */
export function writeMembershipReport(out: FrameWriter, from: Endpoint, group: Endpoint): void {
  let at = out.ethernet(group.mac, from.mac, 0x0800);
  at = out.ipv4(at, from.ip, group.ip, 2, 1, 8);
  const { view } = out;
  const sum = 0x1600 + (group.ip >>> 16) + (group.ip & 0xffff);
  view.setUint16(at, 0x1600);
  view.setUint16(at + 2, ~((sum & 0xffff) + (sum >>> 16)) & 0xffff);
  view.setUint32(at + 4, group.ip);
  out.finish(at + 8, EPOCH_SECONDS);
}
