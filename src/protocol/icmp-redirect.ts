/**
 * ICMP redirect: RFC 792. Routers of old sent it, attackers in the path send it today. The message starts at the type.
 * Ignored on purpose: the other ICMP types, which the flow table counts; the rest of the quoted packet.
 */
import { u32 } from '../bytes/endian.ts';
import { IP_PROTOCOL } from '../packet/layer.ts';
import type { MessageDecoder } from './decoder.ts';

export interface IcmpRedirectObservation {
  readonly kind: 'icmp-redirect';
  /** 0 for a network, 1 for a host. */
  readonly code: number;
  /** IPv4 words: the better gateway, and the destination of the quoted packet. */
  readonly gateway: number;
  readonly destination: number;
}

const TYPE_REDIRECT = 5;
const HEADER_BYTES = 8;
const IPV4_HEADER_BYTES = 20;

export const icmpRedirectDecoder: MessageDecoder = {
  name: 'icmp',
  triggers: [{ kind: 'ip', protocols: [IP_PROTOCOL.icmp] }],
  scope: 'every',
  decode(bytes, start, end, _context, sink) {
    if (end - start < HEADER_BYTES + IPV4_HEADER_BYTES || bytes[start] !== TYPE_REDIRECT) return 'foreign';
    if (bytes[start + HEADER_BYTES]! >>> 4 !== 4) return 'foreign';
    sink.observe({
      kind: 'icmp-redirect',
      code: bytes[start + 1]!,
      gateway: u32(bytes, start + 4),
      destination: u32(bytes, start + HEADER_BYTES + 16),
    });
    return 'done';
  },
};
