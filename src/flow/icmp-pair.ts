/**
 * ICMP request and reply types, so that both directions of an echo are one flow. A type without a counterpart is
 * one-way: its flow is told apart by type and code, and the other direction is another flow (RFC 792, RFC 4443,
 * RFC 4861, RFC 2710, RFC 4620, RFC 6275; the pairs are those that Zeek knows).
 */

const ONE_WAY = 0xff;

function pairs(list: readonly (readonly [number, number])[]): Uint8Array {
  const table = new Uint8Array(256).fill(ONE_WAY);
  for (const [request, reply] of list) {
    table[request] = reply;
    table[reply] = request;
  }
  return table;
}

const V4 = pairs([
  [8, 0],
  [13, 14],
  [15, 16],
  [10, 9],
  [17, 18],
]);
const V6 = pairs([
  [128, 129],
  [133, 134],
  [135, 136],
  [130, 131],
  [139, 140],
  [144, 145],
]);

/** The type that answers `type`, or -1 when the type is one-way. */
export function icmpCounterpart(type: number, isV6: boolean): number {
  const other = (isV6 ? V6 : V4)[type & 0xff]!;
  return other === ONE_WAY ? -1 : other;
}
