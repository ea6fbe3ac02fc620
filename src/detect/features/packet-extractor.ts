/** Fills what `packet-set.ts` adds to a row of the set `conn`. */
import { type PacketSums, SIDE, WHOLE } from './packet-sums.ts';

/** Writes to `out[at]` and on what the selected flow of `sums` adds. */
export function packetPart(sums: PacketSums, out: Float32Array, at: number): void {
  let i = sidePart(sums, true, out, at);
  i = sidePart(sums, false, out, i);
  const packets = sums.side(true, SIDE.packets) + sums.side(false, SIDE.packets);
  const gaps = packets - 1;
  out[i++] = mean(sums.whole(WHOLE.gapSum), gaps);
  out[i++] = deviation(sums.whole(WHOLE.gapSum), sums.whole(WHOLE.gapSquares), gaps);
  out[i++] = sums.whole(WHOLE.gapMax);
  out[i++] = sums.whole(WHOLE.changes);
  out[i++] = mean(sums.whole(WHOLE.changes), gaps);
  out[i++] = sums.originatorSpokeFirst ? 1 : 0;
  for (const column of [SIDE.syn, SIDE.fin, SIDE.rst]) {
    out[i++] = sums.side(true, column) + sums.side(false, column);
  }
}

function sidePart(sums: PacketSums, originator: boolean, out: Float32Array, i: number): number {
  const packets = sums.side(originator, SIDE.packets);
  const gaps = packets - 1;
  const gapSum = sums.side(originator, SIDE.gapSum);
  out[i++] = deviation(sums.side(originator, SIDE.sizeSum), sums.side(originator, SIDE.sizeSquares), packets);
  out[i++] = sums.side(originator, SIDE.sizeMin);
  out[i++] = sums.side(originator, SIDE.sizeMax);
  out[i++] = mean(gapSum, gaps);
  out[i++] = deviation(gapSum, sums.side(originator, SIDE.gapSquares), gaps);
  out[i++] = sums.side(originator, SIDE.gapMax);
  out[i++] = mean(sums.side(originator, SIDE.payloadPackets), packets);
  out[i++] = mean(sums.side(originator, SIDE.psh), packets);
  const bytes = sums.firstBytes(originator);
  out[i++] = entropy(bytes);
  let printable = 0;
  let zeros = 0;
  for (const byte of bytes) {
    if ((byte >= 0x20 && byte < 0x7f) || byte === 9 || byte === 10 || byte === 13) printable++;
    else if (byte === 0) zeros++;
  }
  out[i++] = mean(printable, bytes.length);
  out[i++] = mean(zeros, bytes.length);
  return i;
}

function mean(sum: number, count: number): number {
  return count > 0 ? sum / count : 0;
}

function deviation(sum: number, squares: number, count: number): number {
  if (count <= 0) return 0;
  const average = sum / count;
  return Math.sqrt(Math.max(0, squares / count - average * average));
}

const counts = new Uint8Array(256);

/** Bits a byte. */
function entropy(bytes: Uint8Array): number {
  if (bytes.length === 0) return 0;
  for (const byte of bytes) counts[byte]!++;
  let bits = 0;
  for (const byte of bytes) {
    const count = counts[byte]!;
    if (count === 0) continue;
    bits -= (count / bytes.length) * Math.log2(count / bytes.length);
    counts[byte] = 0;
  }
  return bits;
}
