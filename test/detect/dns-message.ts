import { be16, bytesOf, ipBytes } from '../packet/build-frame.ts';
import { labels } from '../protocol/write.ts';

/** One question; with an address also its answer. */
export function dns(id: number, name: string, type = 1, address?: string): Uint8Array {
  const question = bytesOf(labels(name), be16(type), be16(1));
  const header = bytesOf(
    be16(id),
    be16(address === undefined ? 0x0100 : 0x8180),
    be16(1),
    be16(address === undefined ? 0 : 1),
    be16(0),
    be16(0),
  );
  if (address === undefined) return bytesOf(header, question);
  return bytesOf(header, question, [0xc0, 12], be16(1), be16(1), [0, 0, 0, 60], be16(4), ipBytes(address));
}
