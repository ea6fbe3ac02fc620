/**
 * NetBIOS datagram service (RFC 1002, 4.4) and the browser announcements in it (MS-BRWS, section 2.2): how Windows and
 * Samba hosts say what they are.
 * Ignored on purpose: fragments after the first, mailslots other than the browser's, elections and backup lists.
 */
import { u16, u16le, u32, u32le } from '../bytes/endian.ts';
import { findByte } from '../bytes/find.ts';
import { readText } from '../bytes/text.ts';
import { ISSUE } from '../packet/issue.ts';
import type { MessageDecoder } from './decoder.ts';
import { startsWith } from './header-fields.ts';
import { type NetbiosName, readNetbiosName, readPlainName } from './netbios-encoding.ts';

export interface NetbiosDatagramObservation {
  readonly kind: 'netbios-datagram';
  /** 0x10 to one, 0x11 to a group, 0x12 to all. */
  readonly messageType: number;
  /** IPv4 word. */
  readonly sourceIp: number;
  readonly sourceName: string;
  readonly sourceSuffix: number;
  readonly destinationName: string;
  readonly destinationSuffix: number;
  /** Browser command: 1 host, 12 domain, 15 local master announcement; 0 when there is none. */
  readonly command: number;
  /** The announced host, or for a domain announcement the domain. */
  readonly serverName: string;
  readonly osMajor: number;
  readonly osMinor: number;
  /** SV_TYPE bits: 0x1 workstation, 0x2 server, 0x8 domain controller, 0x200 print queue, 0x800 Unix, 0x1000 NT … */
  readonly serverType: number;
  /** The host's comment; of a domain announcement the master's name. */
  readonly comment: string;
}

const HEADER_BYTES = 14;
const BROWSER_BYTES = 32;
const ANNOUNCEMENTS: ReadonlySet<number> = new Set([1, 12, 15]);
const SMB_HEADER_BYTES = 32;
const SMB_TRANSACTION = 0x25;
const TRANSACTION_BYTES = 1 + 34 + 2;
const MAILSLOT = '\\MAILSLOT\\BROWSE';

const source: NetbiosName = { name: '', suffix: 0, next: -1 };
const destination: NetbiosName = { name: '', suffix: 0, next: -1 };

export const netbiosDatagramDecoder: MessageDecoder = {
  name: 'netbios-dgm',
  triggers: [{ kind: 'udp', ports: [138] }],
  scope: 'every',
  decode(bytes, start, end, _context, sink) {
    const messageType = bytes[start]!;
    if (end - start < HEADER_BYTES || messageType < 0x10 || messageType > 0x12) return 'foreign';
    readNetbiosName(bytes, start + HEADER_BYTES, end, source);
    if (source.next >= 0) readNetbiosName(bytes, source.next, end, destination);
    if (source.next < 0 || destination.next < 0) {
      sink.issue(ISSUE['message/netbios-malformed'], HEADER_BYTES, 68, end - start - HEADER_BYTES);
      return 'done';
    }
    const at = u16(bytes, start + 12) === 0 ? browserData(bytes, destination.next, end) : -1;
    const isAnnouncement = at >= 0 && end - at >= BROWSER_BYTES && ANNOUNCEMENTS.has(bytes[at]!);
    sink.observe({
      kind: 'netbios-datagram',
      messageType,
      sourceIp: u32(bytes, start + 4),
      sourceName: source.name,
      sourceSuffix: source.suffix,
      destinationName: destination.name,
      destinationSuffix: destination.suffix,
      command: at >= 0 ? bytes[at]! : 0,
      serverName: isAnnouncement ? readPlainName(bytes, at + 6) : '',
      osMajor: isAnnouncement ? bytes[at + 22]! : 0,
      osMinor: isAnnouncement ? bytes[at + 23]! : 0,
      serverType: isAnnouncement ? u32le(bytes, at + 24) : 0,
      comment: isAnnouncement ? readText(bytes, at + 32, endOfText(bytes, at + 32, end)) : '',
    });
    return 'done';
  },
};

/** Offset of the browser message within an SMB transaction; -1 when there is none. */
function browserData(bytes: Uint8Array, smb: number, end: number): number {
  const words = smb + SMB_HEADER_BYTES;
  if (end - smb < SMB_HEADER_BYTES + TRANSACTION_BYTES || !startsWith(bytes, smb, end, '\xffSMB')) return -1;
  if (bytes[smb + 4] !== SMB_TRANSACTION || bytes[words] !== 17) return -1;
  if (!startsWith(bytes, words + TRANSACTION_BYTES, end, MAILSLOT)) return -1;
  const length = u16le(bytes, words + 23);
  const at = smb + u16le(bytes, words + 25);
  return length > 0 && at >= words + TRANSACTION_BYTES && at + length <= end ? at : -1;
}

function endOfText(bytes: Uint8Array, at: number, end: number): number {
  const nul = findByte(bytes, 0, at, end);
  return nul < 0 ? end : nul;
}
