/** fast-check: Ethernet frames that are valid, or that lie in one length, with what a decoder must find in the valid ones. */
import fc from 'fast-check';
import { formatIp, formatMac, isIpv4Words } from '../../src/bytes/address.ts';
import { bytesOf, ether, ipv4, ipv6, tcp, udp, vlan } from './build-frame.ts';
import type { DecodedRow } from './decode-one.ts';

export interface ArbitraryFrame {
  frame: Uint8Array;
  lies: boolean;
  expected: Partial<DecodedRow>;
}

const port = fc.oneof(fc.constantFrom(53, 67, 80, 443, 1900, 5353), fc.integer({ min: 10000, max: 36000 }));
const word = fc.nat({ max: 0xffff_ffff });
const mac = fc.nat({ max: 0xffff_ffff_ffff }).map(formatMac);
const v4 = word.map((w) => formatIp(0, 0, 0xffff, w));
const v6 = fc
  .tuple(word, word, word, word)
  .filter((w) => !isIpv4Words(w[0], w[1], w[2]))
  .map((w) => formatIp(...w));
/** Mostly the truth. */
const lie = fc.option(fc.nat({ max: 0xffff }), { freq: 6, nil: undefined });

export const arbitraryFrame: fc.Arbitrary<ArbitraryFrame> = fc
  .record({
    src: mac,
    dst: mac,
    tags: fc.array(fc.nat({ max: 4095 }), { maxLength: 2 }),
    isIpv6: fc.boolean(),
    addresses4: fc.tuple(v4, v4),
    addresses6: fc.tuple(v6, v6),
    hops: fc.nat({ max: 255 }),
    isTcp: fc.boolean(),
    ports: fc.tuple(port, port),
    seq: word,
    ack: word,
    flags: fc.nat({ max: 255 }),
    window: fc.nat({ max: 65535 }),
    options: fc.uint8Array({ maxLength: 40 }),
    data: fc.uint8Array({ maxLength: 60 }),
    padding: fc.nat({ max: 20 }),
    ipLie: lie,
    udpLie: lie,
  })
  .map((f) => {
    const { ports, seq, ack, flags, window, options, data } = f;
    const transport = f.isTcp
      ? tcp({ ports, seq, ack, flags, window, options }, data)
      : udp({ ports, ...(f.udpLie === undefined ? {} : { length: f.udpLie }) }, data);
    const protocol = f.isTcp ? 6 : 17;
    const [src, dst] = f.isIpv6 ? f.addresses6 : f.addresses4;
    const packet = f.isIpv6
      ? ipv6(
          {
            src,
            dst,
            nextHeader: protocol,
            hopLimit: f.hops,
            ...(f.ipLie === undefined ? {} : { payloadLength: f.ipLie }),
          },
          transport,
        )
      : ipv4(
          { src, dst, protocol, ttl: f.hops, ...(f.ipLie === undefined ? {} : { totalLength: f.ipLie }) },
          transport,
        );
    const type = f.isIpv6 ? 0x86dd : 0x0800;
    let inside = packet;
    let outerType = type;
    for (const id of f.tags) {
      inside = vlan(id, outerType, inside);
      outerType = 0x8100;
    }
    const frame = bytesOf(
      ether({ src: f.src, dst: f.dst, type: outerType }, inside),
      new Uint8Array(f.padding),
    );
    return {
      frame,
      lies: f.ipLie !== undefined || (!f.isTcp && f.udpLie !== undefined),
      expected: {
        srcMac: f.src,
        dstMac: f.dst,
        etherType: type,
        vlans: f.tags.toReversed(),
        srcIp: src,
        dstIp: dst,
        ttl: f.hops,
        ipProtocol: protocol,
        ipLen: packet.length,
        srcPort: ports[0],
        dstPort: ports[1],
        payloadLen: data.length,
        ...(f.isTcp ? { tcpSeq: seq, tcpAck: ack, tcpFlags: flags, tcpWindow: window } : {}),
      },
    };
  });
