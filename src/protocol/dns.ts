/**
 * DNS over UDP and TCP (RFC 1035), multicast DNS (RFC 6762) and LLMNR (RFC 4795): one message format, read by
 * `dns-message.ts`. Ignored on purpose: signatures (RRSIG, TSIG), and the data of record types that name no device.
 */
import { u16 } from '../bytes/endian.ts';
import type { DecodeResult, MessageContext, MessageDecoder, MessageSink } from './decoder.ts';
import { decodeDnsMessage } from './dns-message.ts';
import { RecentMessages } from './recent-messages.ts';

export interface DnsQuestion {
  /** Labels joined by dots, without the final dot; bytes that are not UTF-8 become U+FFFD. */
  readonly name: string;
  readonly type: number;
  /** QCLASS without the mDNS unicast-response bit. */
  readonly class: number;
}

/** One resource record. Fields that its type does not have are '' or 0 or empty. */
export interface DnsRecord {
  readonly section: 'answer' | 'authority' | 'additional';
  readonly name: string;
  readonly type: number;
  /** For OPT the payload size that the sender accepts. */
  readonly class: number;
  /** mDNS cache-flush bit. */
  readonly cacheFlush: boolean;
  readonly ttl: number;
  /**
   * A/AAAA: address text; PTR/CNAME/NS/SRV/MX/SVCB/HTTPS: target name; SOA: primary server; NSEC: next name; HINFO:
   * `cpu/os`; OPT: MAC of the owner option, as a sleeping host registers it; others ''.
   */
  readonly value: string;
  /** SRV port, MX preference, SVCB priority. */
  readonly port: number;
  /** TXT strings, each `key=value` or `key`, in order; parameters of SVCB and HTTPS in the same form. */
  readonly strings: readonly string[];
  /** Lengths of TXT strings on the wire, where the text does not tell them: it is no UTF-8, or ended in zeros. */
  readonly stringBytes?: readonly number[];
}

/** One message; `protocol` tells which of the three it is. */
export interface DnsObservation {
  readonly kind: 'dns';
  readonly protocol: 'dns' | 'mdns' | 'llmnr';
  readonly transactionId: number;
  readonly isResponse: boolean;
  readonly opcode: number;
  /** AA, TC, RD, RA as in the header: 0x0400, 0x0200, 0x0100, 0x0080. */
  readonly flags: number;
  readonly rcode: number;
  readonly questions: readonly DnsQuestion[];
  readonly records: readonly DnsRecord[];
}

/** Messages read of one TCP stream prefix. */
const MAX_STREAM_MESSAGES = 16;

export const dnsDecoder = overUdp('dns', 53);
export const llmnrDecoder = overUdp('llmnr', 5355);

/** Messages with a length before each (RFC 1035, 4.2.2). Those that are whole are told; one that is cut is left. */
export const dnsTcpDecoder: MessageDecoder = {
  name: 'dns',
  triggers: [{ kind: 'tcp', ports: [53] }],
  scope: 'start',
  decode(bytes, start, end, _context, sink): DecodeResult {
    let at = start;
    for (let count = 0; count < MAX_STREAM_MESSAGES; count++) {
      if (end - at < 2) return count > 0 ? 'done' : 'incomplete';
      const length = u16(bytes, at);
      if (length < 12) return count > 0 ? 'done' : 'foreign';
      if (end - at - 2 < length) return count > 0 ? 'done' : 'incomplete';
      if (!decodeDnsMessage('dns', bytes, at + 2, at + 2 + length, within(sink, at + 2 - start))) {
        return count > 0 ? 'done' : 'foreign';
      }
      at += 2 + length;
    }
    return 'done';
  },
};

/** Announcements that are remembered. */
const MDNS_ENTRIES = 256;

/** Multicast announcements come again as they were; DNS has a new transaction id, or a lower TTL, each time. */
export const mdnsDecoder: MessageDecoder = { ...overUdp('mdns', 5353), decode: decodeMdns };

const recent = new RecentMessages<DnsObservation>(MDNS_ENTRIES);

function decodeMdns(
  bytes: Uint8Array,
  start: number,
  end: number,
  _context: MessageContext,
  sink: MessageSink,
): DecodeResult {
  const known = recent.find(bytes, start, end);
  if (known !== undefined) {
    sink.observe(known);
    return 'done';
  }
  let told: DnsObservation | undefined;
  let isFaulty = false;
  const isMessage = decodeDnsMessage('mdns', bytes, start, end, {
    observe(observation) {
      told = observation as DnsObservation;
      sink.observe(observation);
    },
    issue(code, offset, needed, available) {
      isFaulty = true;
      sink.issue(code, offset, needed, available);
    },
  });
  if (told !== undefined && !isFaulty) recent.keep(bytes, start, end, told);
  return isMessage ? 'done' : 'foreign';
}

function overUdp(protocol: DnsObservation['protocol'], port: number): MessageDecoder {
  return {
    name: protocol,
    triggers: [{ kind: 'udp', ports: [port] }],
    scope: 'every',
    decode: (bytes, start, end, _context, sink) =>
      decodeDnsMessage(protocol, bytes, start, end, sink) ? 'done' : 'foreign',
  };
}

/** A sink for a message that starts `base` bytes into what was given to the decoder. */
function within(sink: MessageSink, base: number): MessageSink {
  return {
    observe: (observation) => sink.observe(observation),
    issue: (code, offset, needed, available) => sink.issue(code, base + offset, needed, available),
  };
}
