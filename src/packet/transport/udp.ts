/** UDP, RFC 768, and UDP-Lite (RFC 3828), whose length field is a checksum coverage. Checksums are ignored. */
import { u16 } from '../../bytes/endian.ts';
import { ISSUE } from '../issue.ts';
import { IP_PROTOCOL, LAYER } from '../layer.ts';
import { type Next, NEXT, type Walk } from '../walk.ts';

export const UDP_HEADER_BYTES = 8;

export function decodeUdp(walk: Walk): Next {
  if (!walk.has(UDP_HEADER_BYTES, ISSUE['udp/header-short'])) return NEXT.done;
  const { bytes, offset, batch, row } = walk;
  const available = walk.end - offset;
  let length = u16(bytes, offset + 4);
  // 0 is legal in a jumbogram (RFC 2675), and is seen where the network card segments.
  if (length === 0 || batch.ipProtocol[row] !== IP_PROTOCOL.udp) length = available;
  if (length < UDP_HEADER_BYTES) {
    walk.fail(ISSUE['udp/bad-length'], offset, UDP_HEADER_BYTES, length);
    return NEXT.done;
  }
  walk.layers |= LAYER.udp;
  batch.transportOffset[row] = offset;
  batch.srcPort[row] = u16(bytes, offset);
  batch.dstPort[row] = u16(bytes, offset + 2);
  walk.offset = offset + UDP_HEADER_BYTES;
  if (length <= available) walk.end = offset + length;
  // The first fragment holds less than the datagram's length, rightly.
  else if (!(walk.layers & LAYER.fragment)) walk.fail(ISSUE['udp/bad-length'], offset, length, available);
  walk.payload();
  return walk.next(NEXT.udpPort, batch.dstPort[row]);
}
