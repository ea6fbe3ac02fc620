/** The thirteen features of the older shape of model, whose file names none of them. */
import { type FeatureSet, quantity } from './feature.ts';
import type { FlowFacts } from './flow-facts.ts';
import { type PacketSums, SIDE } from './packet-sums.ts';

export const LEGACY_SET: FeatureSet = {
  name: 'legacy',
  version: 1,
  features: [
    quantity('duration', 's', 'From the first packet to the last'),
    quantity('packets', 'packets', 'Packets of both sides'),
    quantity('bytes', 'B', 'IP bytes of both sides'),
    quantity('rate', '1/s', 'Packets a second; 0 without duration'),
    quantity('length_mean', 'B', 'Mean IP length'),
    quantity('length_min', 'B', 'Smallest IP length'),
    quantity('length_max', 'B', 'Largest IP length'),
    quantity('syn', 'packets', 'Packets with SYN'),
    quantity('fin', 'packets', 'Packets with FIN'),
    quantity('rst', 'packets', 'Packets with RST'),
    quantity('ack', 'packets', 'Packets with ACK'),
    quantity('protocol', '', 'IP protocol number', { max: 255 }),
    quantity('port', '', "The responder's port", { max: 65_535 }),
  ],
};

export function legacyRow(facts: FlowFacts, sums: PacketSums, out: Float32Array, at: number): void {
  const both = (column: number): number => sums.side(true, column) + sums.side(false, column);
  const packets = facts.origPackets + facts.respPackets;
  const bytes = facts.origIpBytes + facts.respIpBytes;
  const smallest = [true, false]
    .filter((side) => sums.side(side, SIDE.packets) > 0)
    .map((side) => sums.side(side, SIDE.sizeMin));
  let i = at;
  out[i++] = facts.duration;
  out[i++] = packets;
  out[i++] = bytes;
  out[i++] = facts.duration > 0 ? packets / facts.duration : 0;
  out[i++] = packets > 0 ? bytes / packets : 0;
  out[i++] = smallest.length > 0 ? Math.min(...smallest) : 0;
  out[i++] = Math.max(sums.side(true, SIDE.sizeMax), sums.side(false, SIDE.sizeMax));
  for (const column of [SIDE.syn, SIDE.fin, SIDE.rst, SIDE.ack]) out[i++] = both(column);
  out[i++] = facts.protocol;
  out[i++] = facts.respPort;
}
