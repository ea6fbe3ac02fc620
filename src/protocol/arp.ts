/**
 * ARP over Ethernet for IPv4: RFC 826, announcements and probes of RFC 5227.
 * Ignored: other hardware and protocol types (counted by the header decoder), padding after the message.
 */
import type { Mac } from '../bytes/address.ts';
import { u16, u32, u48 } from '../bytes/endian.ts';
import { ISSUE } from '../packet/issue.ts';
import type { MessageDecoder } from './decoder.ts';

/** `gratuitous` when sender and target protocol address are the same (an announcement of RFC 5227). */
export interface ArpObservation {
  readonly kind: 'arp';
  /** 1 request, 2 reply; 3 and 4 are RARP's. */
  readonly operation: number;
  readonly senderMac: Mac;
  /** IPv4 word. 0 in an RFC 5227 probe. */
  readonly senderIp: number;
  readonly targetMac: Mac;
  readonly targetIp: number;
  readonly gratuitous: boolean;
}

const HARDWARE_ETHERNET = 1;
const PROTOCOL_IPV4 = 0x0800;
const MESSAGE_BYTES = 28;

export const arpDecoder: MessageDecoder = {
  name: 'arp',
  triggers: [{ kind: 'ethertype', types: [0x0806, 0x8035] }],
  scope: 'every',
  decode(bytes, start, end, _context, sink) {
    if (end - start < 8) return 'foreign';
    if (u16(bytes, start) !== HARDWARE_ETHERNET || u16(bytes, start + 2) !== PROTOCOL_IPV4) return 'foreign';
    if (bytes[start + 4] !== 6 || bytes[start + 5] !== 4) {
      sink.issue(ISSUE['message/arp-malformed'], 4, 2, 2);
      return 'done';
    }
    if (end - start < MESSAGE_BYTES) {
      sink.issue(ISSUE['message/arp-malformed'], 0, MESSAGE_BYTES, end - start);
      return 'done';
    }
    const senderIp = u32(bytes, start + 14);
    const targetIp = u32(bytes, start + 24);
    sink.observe({
      kind: 'arp',
      operation: u16(bytes, start + 6),
      senderMac: u48(bytes, start + 8),
      senderIp,
      targetMac: u48(bytes, start + 18),
      targetIp,
      gratuitous: senderIp === targetIp && senderIp !== 0,
    });
    return 'done';
  },
};
