/** TCP, RFC 9293. Options are left to the fingerprint; the urgent pointer and the checksum are ignored. */
import { u16, u32 } from '../../bytes/endian.ts';
import { ISSUE } from '../issue.ts';
import { LAYER } from '../layer.ts';
import { type Next, NEXT, type Walk } from '../walk.ts';

const MIN_HEADER_BYTES = 20;

export function decodeTcp(walk: Walk): Next {
  if (!walk.has(MIN_HEADER_BYTES, ISSUE['tcp/header-short'])) return NEXT.done;
  const { bytes, offset, batch, row } = walk;
  const headerLength = (bytes[offset + 12]! >>> 4) * 4;
  const available = walk.end - offset;
  if (headerLength < MIN_HEADER_BYTES || headerLength > available) {
    walk.fail(ISSUE['tcp/bad-offset'], offset, headerLength, available);
    return NEXT.done;
  }
  walk.layers |= LAYER.tcp;
  batch.transportOffset[row] = offset;
  batch.srcPort[row] = u16(bytes, offset);
  batch.dstPort[row] = u16(bytes, offset + 2);
  batch.tcpSeq[row] = u32(bytes, offset + 4);
  batch.tcpAck[row] = u32(bytes, offset + 8);
  batch.tcpFlags[row] = bytes[offset + 13]!;
  batch.tcpWindow[row] = u16(bytes, offset + 14);
  return walk.payloadAt(offset + headerLength);
}
