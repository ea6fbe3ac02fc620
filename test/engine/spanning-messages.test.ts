/**
 * Messages that span segments, through the whole engine: a ClientHello with a post-quantum key share, an HTTP head, SSH
 * key exchanges in both directions; cut anywhere, out of order, repeated, overlapping, without their handshake, or in
 * IP fragments. What is told is what is told when nothing is cut.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { openMemory } from '../../src/capture/memory.ts';
import { analyzeSource } from '../../src/engine/analyze.ts';
import { writePcap } from '../capture/write-pcap.ts';
import { ether, ipv4, tcp } from '../packet/build-frame.ts';
import {
  clientHelloBody,
  counted16,
  extension,
  handshake,
  records,
  serverName,
} from '../protocol/tls-messages.ts';
import { be16, be32, bytesOf, zeros } from '../protocol/write.ts';

const X25519MLKEM768 = 0x11ec;
const CLIENT_FIRST = 5000;
const SERVER_FIRST = 0xffff_ff00;
const MSS = 1460;

/** 1.8 kB: the key share of X25519MLKEM768 alone has 1216 bytes. */
const clientHello = records(
  handshake(
    1,
    clientHelloBody({
      extensions: [
        serverName('post.quantum.example'),
        extension(10, counted16(be16(X25519MLKEM768), be16(29))),
        extension(
          51,
          counted16(be16(X25519MLKEM768), counted16(zeros(1216)), be16(29), counted16(zeros(32))),
        ),
        extension(21, zeros(300)),
      ],
    }),
  ),
);

function kexInit(list: string): Uint8Array {
  const payload = bytesOf(
    20,
    zeros(16),
    ...new Array(10).fill(0).flatMap(() => [be32(list.length), list]),
    0,
    be32(0),
  );
  return bytesOf(be32(payload.length + 5), 4, payload, zeros(4));
}
const algorithms = Array.from({ length: 30 }, (_, i) => `algorithm-${i}@example`).join();

interface Dialogue {
  readonly port: number;
  readonly client: Uint8Array;
  readonly server: Uint8Array;
  readonly kinds: readonly string[];
}

const DIALOGUES: Readonly<Record<string, Dialogue>> = {
  'TLS ClientHello': { port: 443, client: clientHello, server: zeros(0), kinds: ['tls-client-hello'] },
  'HTTP head': {
    port: 80,
    client: Buffer.from(
      `GET /index.html HTTP/1.1\r\nHost: device.example\r\nCookie: ${'c'.repeat(2500)}\r\nUser-Agent: Camera/1.0\r\n\r\n`,
    ),
    server: Buffer.from(`HTTP/1.1 200 OK\r\nX-Long: ${'x'.repeat(2000)}\r\nServer: thttpd/2.25\r\n\r\n`),
    kinds: ['http-request', 'http-response'],
  },
  'SSH key exchange': {
    port: 22,
    client: bytesOf('SSH-2.0-OpenSSH_9.6\r\n', kexInit(algorithms)),
    server: bytesOf('SSH-2.0-dropbear_2022.83\r\n', kexInit(`${algorithms},more`)),
    kinds: ['ssh-kexinit', 'ssh-kexinit', 'ssh-version', 'ssh-version'],
  },
};

interface Piece {
  readonly fromClient: boolean;
  readonly from: number;
  readonly to: number;
}

function segment({ port, client, server }: Dialogue, { fromClient, from, to }: Piece): Uint8Array {
  const ports: [number, number] = fromClient ? [40_000, port] : [port, 40_000];
  const seq = ((fromClient ? CLIENT_FIRST : SERVER_FIRST) + from) >>> 0;
  return tcp({ ports, seq, flags: 0x10 }, (fromClient ? client : server).subarray(from, to));
}

function frame(fromClient: boolean, payload: Uint8Array, fields: object = {}): Uint8Array {
  const [src, dst] = fromClient ? ['192.168.1.2', '192.168.1.3'] : ['192.168.1.3', '192.168.1.2'];
  const macs = fromClient
    ? { src: '02:00:00:00:00:02', dst: '02:00:00:00:00:03' }
    : { src: '02:00:00:00:00:03', dst: '02:00:00:00:00:02' };
  return ether(macs, ipv4({ src: src, dst: dst, ...fields }, payload));
}

function opening({ port }: Dialogue): Uint8Array[] {
  const back = (SERVER_FIRST - 1) >>> 0;
  return [
    frame(true, tcp({ ports: [40_000, port], seq: CLIENT_FIRST - 1, ack: 0, flags: 2 })),
    frame(false, tcp({ ports: [port, 40_000], seq: back, ack: CLIENT_FIRST, flags: 0x12 })),
  ];
}

/** What is told, in an order that does not depend on the order of arrival. */
async function told(frames: readonly Uint8Array[]): Promise<string[]> {
  const packets = frames.map((bytes, i) => ({ seconds: 1, nanos: i * 1000, wireLen: bytes.length, bytes }));
  const seen: string[] = [];
  await analyzeSource(openMemory(writePcap(packets), { noHash: true }), {
    version: 'test',
    outputs: [{ observe: (o) => void seen.push(JSON.stringify(o)), end: () => Promise.resolve() }],
  });
  return seen.sort();
}

const kindsOf = (seen: readonly string[]): string[] =>
  seen.map((text) => (JSON.parse(text) as { kind: string }).kind).sort();

/** Both directions in pieces of at most one MSS, then some repeated or overlapping, in any order. */
function pieces({ client, server }: Dialogue): fc.Arbitrary<Piece[]> {
  const cutsOf = (length: number): fc.Arbitrary<number[]> =>
    fc.array(fc.nat(Math.max(0, length - 1)), { maxLength: 5 }).map((cuts) => {
      const all = new Set([0, length, ...cuts]);
      for (let at = MSS; at < length; at += MSS) all.add(at);
      return [...all].sort((a, b) => a - b);
    });
  const piecesOf = (cuts: readonly number[], fromClient: boolean): Piece[] =>
    cuts.slice(1).map((to, i) => ({ fromClient, from: cuts[i]!, to }));
  return fc
    .tuple(
      cutsOf(client.length),
      cutsOf(server.length),
      fc.array(fc.tuple(fc.boolean(), fc.nat(), fc.nat(600)), { maxLength: 4 }),
    )
    .chain(([clientCuts, serverCuts, repeats]) => {
      const repeated = repeats.map(([fromClient, at, length]): Piece => {
        const whole = (fromClient ? client : server).length;
        const from = whole === 0 ? 0 : at % whole;
        return { fromClient, from, to: Math.min(whole, from + length) };
      });
      const all = [...piecesOf(clientCuts, true), ...piecesOf(serverCuts, false), ...repeated].filter(
        (p) => p.to > p.from,
      );
      return fc.shuffledSubarray(all, { minLength: all.length });
    });
}

for (const [name, dialogue] of Object.entries(DIALOGUES)) {
  describe(name, () => {
    const whole = [
      ...opening(dialogue),
      frame(true, segment(dialogue, { fromClient: true, from: 0, to: dialogue.client.length })),
      ...(dialogue.server.length > 0
        ? [frame(false, segment(dialogue, { fromClient: false, from: 0, to: dialogue.server.length }))]
        : []),
    ];

    test('in any pieces, in any order, repeated and overlapping', async () => {
      const expected = await told(whole);
      assert.deepEqual(kindsOf(expected), dialogue.kinds);
      await fc.assert(
        fc.asyncProperty(pieces(dialogue), async (list) => {
          const frames = list.map((piece) => frame(piece.fromClient, segment(dialogue, piece)));
          assert.deepEqual(await told([...opening(dialogue), ...frames]), expected);
        }),
        { numRuns: 60 },
      );
    });

    test('in order without the handshake', async () => {
      const frames: Uint8Array[] = [];
      for (let from = 0; from < dialogue.client.length; from += 700) {
        const to = Math.min(dialogue.client.length, from + 700);
        frames.push(frame(true, segment(dialogue, { fromClient: true, from, to })));
      }
      const seen = await told(frames);
      const expected = await told(whole);
      assert.ok(seen.length > 0);
      for (const text of seen) assert.ok(expected.includes(text), text);
    });

    test('in IP fragments, the last first', async () => {
      const datagram = segment(dialogue, { fromClient: true, from: 0, to: dialogue.client.length });
      const fragments: Uint8Array[] = [];
      for (let at = 0; at < datagram.length; at += 800) {
        const moreFragments = at + 800 < datagram.length;
        fragments.unshift(
          frame(true, datagram.subarray(at, at + 800), { fragmentOffset: at, moreFragments, id: 77 }),
        );
      }
      const seen = await told([...opening(dialogue), ...fragments]);
      const expected = await told(whole.slice(0, 3));
      assert.ok(expected.length > 0);
      assert.deepEqual(seen, expected);
    });
  });
}
