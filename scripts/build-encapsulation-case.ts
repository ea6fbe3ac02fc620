/**
 * Builds corpus/encapsulations/capture.pcapng: one frame of every link type and encapsulation that is decoded, each
 * around the same datagram where it can hold one, an interface per link type, a millisecond apart.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { linkTypeName } from '../src/packet/link-type.ts';
import { ENCAPSULATED } from '../test/packet/encapsulated.ts';

const FIRST_MICROSECOND = 1_700_000_000_000_000n;
const SECTION_HEADER = 0x0a0d0d0a;
const INTERFACE_DESCRIPTION = 1;
const ENHANCED_PACKET = 6;
const OPTION_NAME = 2;

function padded(bytes: Uint8Array): Buffer {
  const out = Buffer.alloc((bytes.length + 3) & ~3);
  out.set(bytes);
  return out;
}

function block(type: number, body: Uint8Array): Buffer {
  const head = Buffer.alloc(8);
  const length = 12 + body.length;
  head.writeUInt32LE(type, 0);
  head.writeUInt32LE(length, 4);
  const tail = Buffer.alloc(4);
  tail.writeUInt32LE(length, 0);
  return Buffer.concat([head, body, tail]);
}

function sectionHeader(): Buffer {
  const body = Buffer.alloc(16);
  body.writeUInt32LE(0x1a2b3c4d, 0);
  body.writeUInt16LE(1, 4);
  body.writeBigInt64LE(-1n, 8);
  return block(SECTION_HEADER, body);
}

function interfaceDescription(linkType: number): Buffer {
  const name = Buffer.from(linkTypeName(linkType).toLowerCase());
  const body = Buffer.alloc(8);
  body.writeUInt16LE(linkType, 0);
  const option = Buffer.alloc(4);
  option.writeUInt16LE(OPTION_NAME, 0);
  option.writeUInt16LE(name.length, 2);
  return block(INTERFACE_DESCRIPTION, Buffer.concat([body, option, padded(name), Buffer.alloc(4)]));
}

function packet(interfaceId: number, microseconds: bigint, frame: Uint8Array): Buffer {
  const body = Buffer.alloc(20);
  body.writeUInt32LE(interfaceId, 0);
  body.writeUInt32LE(Number(microseconds >> 32n), 4);
  body.writeUInt32LE(Number(microseconds & 0xffff_ffffn), 8);
  body.writeUInt32LE(frame.length, 12);
  body.writeUInt32LE(frame.length, 16);
  return block(ENHANCED_PACKET, Buffer.concat([body, padded(frame)]));
}

const linkTypes = [...new Set(ENCAPSULATED.map((e) => e.linkType))].sort((a, b) => a - b);
const folder = join(import.meta.dirname, '../corpus/encapsulations');
mkdirSync(folder, { recursive: true });
writeFileSync(
  join(folder, 'capture.pcapng'),
  Buffer.concat([
    sectionHeader(),
    ...linkTypes.map(interfaceDescription),
    ...ENCAPSULATED.map(({ linkType, frame }, i) =>
      packet(linkTypes.indexOf(linkType), FIRST_MICROSECOND + BigInt(i) * 1000n, frame),
    ),
  ]),
);
console.log(`${ENCAPSULATED.length} frames, ${linkTypes.length} link types`);
