/** Long flows, as frames and as a capture. */
import { MAC_A, MAC_B, ether, ipv4, ipv6, tcp, udp, vlan } from '../../packet/build-frame.ts';

/** Of each packet that carries any. */
export const PAYLOAD = new Uint8Array(600).fill(0x61);

/** Round `n` of a TCP connection (tagged), of UDP as well, as on loopback (no addresses of links) and over IPv6. */
export function bulk(n: number): Uint8Array[] {
  const sequence = 1001 + n * PAYLOAD.length;
  const back = { src: MAC_B, dst: MAC_A };
  const forth = { src: MAC_A, dst: MAC_B };
  const [client, server] = ['10.0.0.1', '10.0.0.2'];
  const opening =
    n > 0
      ? []
      : [
          ether(
            forth,
            ipv4({ src: client, dst: server }, tcp({ ports: [40_000, 9001], seq: 1000, flags: 2 })),
          ),
          ether(
            back,
            ipv4(
              { src: server, dst: client },
              tcp({ ports: [9001, 40_000], seq: 5000, ack: 1001, flags: 18 }),
            ),
          ),
        ];
  return [
    ...opening,
    ether(
      { ...forth, type: 0x8100 },
      vlan(
        7,
        0x0800,
        ipv4(
          { src: client, dst: server },
          tcp({ ports: [40_000, 9001], seq: sequence, ack: 5001, flags: 24 }, PAYLOAD),
        ),
      ),
    ),
    ether(
      back,
      ipv4(
        { src: server, dst: client },
        tcp({ ports: [9001, 40_000], seq: 5001, ack: sequence + PAYLOAD.length, flags: 16 }),
      ),
    ),
    ether(forth, ipv4({ src: client, dst: server, protocol: 17 }, udp({ ports: [40_000, 9001] }, PAYLOAD))),
    ether(
      { src: '00:00:00:00:00:00', dst: '00:00:00:00:00:00' },
      ipv4({ src: '10.0.0.3', dst: '10.0.0.4', protocol: 17 }, udp({ ports: [40_000, 9001] }, PAYLOAD)),
    ),
    ether(
      { ...forth, type: 0x86dd },
      ipv6({ src: 'fd00::1', dst: 'fd00::2', nextHeader: 17 }, udp({ ports: [40_000, 9001] }, PAYLOAD)),
    ),
  ];
}

/** The end of the TCP connection. */
export function closing(rounds: number): Uint8Array[] {
  const sequence = 1001 + rounds * PAYLOAD.length;
  const [client, server] = ['10.0.0.1', '10.0.0.2'];
  const forth = { src: MAC_A, dst: MAC_B };
  const back = { src: MAC_B, dst: MAC_A };
  return [
    ether(
      forth,
      ipv4({ src: client, dst: server }, tcp({ ports: [40_000, 9001], seq: sequence, ack: 5001, flags: 17 })),
    ),
    ether(
      back,
      ipv4(
        { src: server, dst: client },
        tcp({ ports: [9001, 40_000], seq: 5001, ack: sequence + 1, flags: 17 }),
      ),
    ),
    ether(
      forth,
      ipv4(
        { src: client, dst: server },
        tcp({ ports: [40_000, 9001], seq: sequence + 1, ack: 5002, flags: 16 }),
      ),
    ),
  ];
}

/** A capture file of these frames. */
export function pcapOf(frames: readonly Uint8Array[]): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2_c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(65_535, 16);
  header.writeUInt32LE(1, 20);
  const records = frames.flatMap((frame) => {
    const record = Buffer.alloc(16);
    record.writeUInt32LE(frame.length, 8);
    record.writeUInt32LE(frame.length, 12);
    return [record, frame];
  });
  return Buffer.concat([header, ...records]);
}
