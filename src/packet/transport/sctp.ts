/** SCTP, RFC 9260: the common header alone. Chunks are the payload. */
import { u16 } from '../../bytes/endian.ts';
import { ISSUE } from '../issue.ts';
import { LAYER } from '../layer.ts';
import { type Next, NEXT, type Walk } from '../walk.ts';

export function decodeSctp(walk: Walk): Next {
  if (!walk.has(12, ISSUE['sctp/header-short'])) return NEXT.done;
  const { bytes, offset, batch, row } = walk;
  walk.layers |= LAYER.sctp;
  batch.transportOffset[row] = offset;
  batch.srcPort[row] = u16(bytes, offset);
  batch.dstPort[row] = u16(bytes, offset + 2);
  return walk.payloadAt(offset + 12);
}
