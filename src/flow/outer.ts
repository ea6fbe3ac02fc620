import { u16, u32 } from '../bytes/endian.ts';
import { PacketBatch } from '../packet/batch.ts';
import { IP_PROTOCOL, LAYER } from '../packet/layer.ts';

/**
 * The outermost IP packet of a tunnelled row, as a batch of one row. The header columns of the row describe what is
 * inside the tunnel; the tunnel itself is traffic too: between its ends, over UDP, it is a flow.
 */
export class OuterPacket {
  readonly #batch = new PacketBatch(1);

  /** The outer packet of row `i`, valid until the next call; null when the tunnel is not in IP or its header is not whole. */
  read(batch: PacketBatch, i: number): PacketBatch | null {
    const at = batch.outerNetOffset[i]!;
    const { bytes } = batch;
    const capEnd = batch.frameOffset[i]! + batch.capLen[i]!;
    const outer = this.#batch;
    const version = at === 0 || at >= capEnd ? 0 : bytes[at]! >>> 4;
    if ((version !== 4 && version !== 6) || at + (version === 4 ? 20 : 40) > capEnd) return null;
    let transport: number;
    if (version === 4) {
      transport = at + (bytes[at]! & 15) * 4;
      outer.ipProtocol[0] = bytes[at + 9]!;
      outer.ipLen[0] = u16(bytes, at + 2);
      outer.srcIp.set([0, 0, 0xffff, u32(bytes, at + 12)]);
      outer.dstIp.set([0, 0, 0xffff, u32(bytes, at + 16)]);
    } else {
      transport = at + 40;
      outer.ipProtocol[0] = bytes[at + 6]!;
      outer.ipLen[0] = 40 + u16(bytes, at + 4);
      for (let w = 0; w < 4; w++) {
        outer.srcIp[w] = u32(bytes, at + 8 + w * 4);
        outer.dstIp[w] = u32(bytes, at + 24 + w * 4);
      }
    }
    const isUdp = outer.ipProtocol[0] === IP_PROTOCOL.udp && transport + 8 <= capEnd;
    outer.layers[0] = (version === 4 ? LAYER.ipv4 : LAYER.ipv6) | (isUdp ? LAYER.udp : 0);
    outer.srcPort[0] = isUdp ? u16(bytes, transport) : 0;
    outer.dstPort[0] = isUdp ? u16(bytes, transport + 2) : 0;
    outer.payloadLen[0] = isUdp ? Math.max(0, u16(bytes, transport + 4) - 8) : 0;
    outer.payloadOffset[0] = transport + 8;
    outer.payloadCapLen[0] = isUdp ? Math.min(outer.payloadLen[0], capEnd - transport - 8) : 0;
    outer.bytes = bytes;
    outer.byteLength = batch.byteLength;
    outer.count = 1;
    outer.firstPacketNumber = batch.packetNumber(i);
    outer.input = batch.input;
    outer.frameOffset[0] = batch.frameOffset[i]!;
    outer.capLen[0] = batch.capLen[i]!;
    outer.wireLen[0] = batch.wireLen[i]!;
    outer.tsSeconds[0] = batch.tsSeconds[i]!;
    outer.tsNanos[0] = batch.tsNanos[i]!;
    return outer;
  }
}
