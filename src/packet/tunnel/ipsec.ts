/** IPsec: AH (RFC 4302) is stepped over, ESP (RFC 4303) hides what is inside. */
import { ISSUE } from '../issue.ts';
import { LAYER } from '../layer.ts';
import { type Next, NEXT, type Walk } from '../walk.ts';

export function decodeAh(walk: Walk): Next {
  if (!walk.has(12, ISSUE['tunnel/header-short'])) return walk.payload();
  const { bytes, offset, batch, row } = walk;
  const length = (bytes[offset + 1]! + 2) * 4;
  if (!walk.has(length, ISSUE['tunnel/header-short'])) return walk.payload();
  const protocol = bytes[offset]!;
  batch.ipProtocol[row] = protocol;
  walk.offset = offset + length;
  return walk.next(NEXT.ipProtocol, protocol);
}

export function decodeEsp(walk: Walk): Next {
  walk.layers |= LAYER.encrypted;
  return walk.payload();
}
