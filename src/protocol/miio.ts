/**
 * Xiaomi miIO, UDP 54321: the header of 32 bytes, as public clients describe it.
 * Ignored on purpose, and never kept: what is encrypted, and the checksum field, in which a device that is not set up
 * yet hands out its token.
 */
import { u16, u32 } from '../bytes/endian.ts';
import { announcement } from './announcement.ts';
import type { MessageDecoder } from './decoder.ts';

const MAGIC = 0x2131;
const HEADER_BYTES = 32;
/** Device id of a greeting that is meant for any device. */
const ANY_DEVICE = 0xffff_ffff;

export const miioDecoder: MessageDecoder = {
  name: 'miio',
  triggers: [{ kind: 'udp', ports: [54321] }],
  scope: 'start',
  decode(bytes, start, end, context, sink) {
    if (end - start < HEADER_BYTES || u16(bytes, start) !== MAGIC) return 'foreign';
    if (u16(bytes, start + 2) !== end - start) return 'foreign';
    const id = u32(bytes, start + 8);
    // Client and device send the same header; the device is the side that has the port.
    const isDevice = id !== ANY_DEVICE && context.batch.srcPort[context.index] === 54321;
    sink.observe(announcement('miio', isDevice ? 'device' : 'query', { id: isDevice ? String(id) : '' }));
    return 'done';
  },
};
