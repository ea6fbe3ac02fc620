import assert from 'node:assert/strict';
import { createCipheriv } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { PacketBatch } from '../../src/packet/batch.ts';
import type { Observation } from '../../src/protocol/observation.ts';
import { quicDecoder } from '../../src/protocol/quic.ts';
import { CryptoStream, MAX_CRYPTO_BYTES } from '../../src/protocol/quic-crypto-stream.ts';
import {
  deriveClientKeys,
  type InitialKeys,
  openInitial,
  QUIC_VERSIONS,
} from '../../src/protocol/quic-keys.ts';
import type { TlsClientHelloObservation } from '../../src/protocol/tls-client-hello.ts';
import { decode, decodeOne, hostile } from './decode.ts';
import { BROWSER_HELLO, handshake } from './tls-messages.ts';
import { be16, be32, bytesOf, counted, hex, type Part, zeros } from './write.ts';

const ID = hex('8394c8f03e515708');
const V1 = 1;
const V2 = 0x6b3343cf;
const keysOf = (version: number, id = ID): InitialKeys => deriveClientKeys(QUIC_VERSIONS.get(version)!, id);

/** Encrypts frames as a client's Initial packet, the way RFC 9001, section 5.4 describes it. */
function initial(
  frames: Uint8Array,
  { version = V1, id = ID, number = 2, keys = keysOf(version, id) } = {},
): Uint8Array {
  const plain = bytesOf(frames, zeros(Math.max(0, 1162 - frames.length)));
  const first = version === V2 ? 0xd3 : 0xc3;
  const length = 4 + plain.length + 16;
  const header = bytesOf(
    first,
    be32(version),
    counted(id),
    counted([]),
    0,
    be16(0x4000 | length),
    be32(number),
  );
  const nonce = Buffer.from(keys.iv);
  nonce.writeUInt32BE((nonce.readUInt32BE(8) ^ number) >>> 0, 8);
  const cipher = createCipheriv('aes-128-gcm', keys.key, nonce);
  cipher.setAAD(header);
  const packet = bytesOf(header, cipher.update(plain), cipher.final(), cipher.getAuthTag());
  const numberAt = header.length - 4;
  const mask = createCipheriv('aes-128-ecb', keys.headerProtection, null).update(
    packet.subarray(numberAt + 4, numberAt + 20),
  );
  packet[0]! ^= mask[0]! & 0x0f;
  for (let i = 0; i < 4; i++) packet[numberAt + i]! ^= mask[1 + i]!;
  return packet;
}

const HELLO = handshake(1, BROWSER_HELLO);
const crypto = (offset: number, data: Uint8Array): Uint8Array =>
  bytesOf(6, be16(0x4000 | offset), be16(0x4000 | data.length), data);
const piece = (from: number, to: number): Uint8Array => crypto(from, HELLO.subarray(from, to));

/** Feeds datagrams of one flow to a fresh decoder. */
function feed(...datagrams: readonly Uint8Array[]): { observations: Observation[]; results: string[] } {
  const decoder = quicDecoder.create!();
  const observations: Observation[] = [];
  const context = {
    batch: new PacketBatch(1),
    index: 0,
    packet: 1,
    seconds: 0,
    nanos: 0,
    flow: 7,
    fromOriginator: true,
  };
  const sink = {
    observe: (observation: Observation): unknown => observations.push(observation),
    issue: () => assert.fail(),
  };
  return { results: datagrams.map((d) => decoder.decode(d, 0, d.length, context, sink)), observations };
}

describe('quic', () => {
  it('derives the keys of RFC 9001, appendix A.1, and RFC 9369, appendix A.1', () => {
    const text = (version: number): string[] => {
      const { key, iv, headerProtection } = keysOf(version);
      return [key, iv, headerProtection].map((part) => part.toString('hex'));
    };
    assert.deepEqual(text(V1), [
      '1f369613dd76d5467730efcbe3b1a22d',
      'fa044b2f42a3fd3b46fb255c',
      '9f50449e04a0e810283a1e9933adedd2',
    ]);
    assert.deepEqual(text(V2), [
      '8b1a0bc121284290a29e0971b5cd045d',
      '91f73e2351d8fa91660e909f',
      '45b95e15235d6f45a6b19cbcb0294ba9',
    ]);
  });

  it('reads the ClientHello of one Initial, in versions 1 and 2', () => {
    for (const version of [V1, V2]) {
      const hello = decodeOne(
        quicDecoder,
        initial(crypto(0, HELLO), { version }),
      ) as TlsClientHelloObservation;
      assert.deepEqual(
        [hello.transport, hello.serverName, hello.isWhole],
        ['quic', 'device.example.com', true],
      );
    }
  });

  it('joins frames in any order, over datagrams, amid other frames', () => {
    const ack = bytesOf(2, 0, 0, 0, 0);
    const first = initial(bytesOf(piece(60, 100), 1, 0, 0, ack, piece(0, 40)), { number: 0 });
    const second = initial(bytesOf(piece(100, HELLO.length), 1, piece(30, 70)), { number: 1 });
    const { observations, results } = feed(first, second, first, second);
    assert.deepEqual(results, ['incomplete', 'done', 'done', 'done']);
    assert.equal(observations.length, 1, 'repeated packets say nothing new');
    assert.equal((observations[0] as TlsClientHelloObservation).serverName, 'device.example.com');
  });

  it('keeps the first keys when the connection id changes, and takes new ones on a new connection', () => {
    const other = hex('aabbccddeeff0011');
    const first = initial(piece(0, 100));
    const moved = initial(piece(100, HELLO.length), { id: other, keys: keysOf(V1) });
    assert.equal(feed(first, moved).observations.length, 1);
    assert.equal(feed(first, initial(crypto(0, HELLO), { id: other })).observations.length, 1);
  });

  it('reads coalesced packets', () => {
    const datagram = bytesOf(initial(piece(0, 50)), initial(piece(50, HELLO.length), { number: 3 }));
    assert.equal(feed(datagram).observations.length, 1);
  });

  it('tells frames that end early, and gives the connection up', () => {
    const frames = bytesOf(zeros(1150), 6, be16(0x4000), be16(0x7fff), zeros(7));
    const { result, observations, issues } = decode(quicDecoder, initial(frames));
    assert.deepEqual([result, observations, issues], ['done', [], ['message/quic-malformed@0']]);
  });

  it('recognises what it can not read', () => {
    const forged = initial(crypto(0, HELLO));
    forged[200]! ^= 1;
    const others: Part[][] = [
      [forged],
      [[0xc0], be32(0x51303530), counted(ID), counted([]), zeros(20)],
      [[0x09], ID, 'Q043', zeros(20)],
      [[0x80], be32(0), counted([]), counted(ID), be32(1)],
    ];
    for (const parts of others) {
      assert.deepEqual(decode(quicDecoder, bytesOf(...parts)), {
        result: 'done',
        observations: [],
        issues: [],
      });
    }
    assert.equal(decode(quicDecoder, bytesOf(0x40, zeros(40))).result, 'foreign');
    assert.equal(openInitial(keysOf(V1), zeros(10), 0, 4, 10), null);
  });

  it('collects a stream whatever the pieces', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(190), fc.integer({ min: 1, max: 40 })), { maxLength: 40 }),
        (pieces) => {
          const data = Uint8Array.from({ length: 256 }, (_, i) => i);
          const stream = new CryptoStream();
          const seen = new Set<number>();
          for (const [offset, length] of pieces) {
            stream.write(offset, data, offset, length);
            for (let i = 0; i < length; i++) seen.add(offset + i);
          }
          let whole = 0;
          while (seen.has(whole)) whole++;
          assert.equal(stream.whole, whole);
          assert.deepEqual(stream.bytes.subarray(0, whole), data.subarray(0, whole));
        },
      ),
      { numRuns: 200 },
    );
  });

  it('bounds a stream', () => {
    const stream = new CryptoStream();
    for (let i = 0; i < 200; i++) stream.write(i * 10 + 5, zeros(4), 0, 4);
    stream.write(2 ** 40, zeros(4), 0, 4);
    stream.write(MAX_CRYPTO_BYTES - 2, zeros(4), 0, 4);
    assert.equal(stream.whole, 0);
    assert.ok(stream.bytes.length <= MAX_CRYPTO_BYTES);
  });
});

hostile(quicDecoder, [initial(crypto(0, HELLO)).slice(0, 1250)]);
