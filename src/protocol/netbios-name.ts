/**
 * NetBIOS name service: RFC 1002, section 4.2 — queries, registrations, releases and node status.
 * Ignored on purpose: the counters of a node status, second and further addresses of a name.
 */
import { type Mac, NO_MAC } from '../bytes/address.ts';
import { u16, u32, u48 } from '../bytes/endian.ts';
import { ISSUE } from '../packet/issue.ts';
import type { MessageDecoder } from './decoder.ts';
import { type NetbiosName, readNetbiosName, readPlainName } from './netbios-encoding.ts';

export interface NetbiosNameObservation {
  readonly kind: 'netbios-name';
  readonly isResponse: boolean;
  /** 0 query, 5 registration, 6 release, 7 wait, 8 and 9 refresh, 15 multi-homed registration. */
  readonly opcode: number;
  readonly rcode: number;
  /** 0x20 name, 0x21 node status. */
  readonly type: number;
  /** The name in question. */
  readonly name: string;
  readonly suffix: number;
  readonly isGroup: boolean;
  /** IPv4 word that goes with the name; 0 when none does. */
  readonly address: number;
  /** Names of a node status. */
  readonly names: readonly { readonly name: string; readonly suffix: number; readonly isGroup: boolean }[];
  /** Unit id of a node status; `NO_MAC` when absent or zero (Samba). */
  readonly mac: Mac;
}

const HEADER_BYTES = 12;
const TYPE = { name: 0x20, status: 0x21 } as const;
const GROUP = 0x8000;
/** Names kept of a node status. */
export const MAX_STATUS_NAMES = 32;
const NAME_ENTRY_BYTES = 18;

const read: NetbiosName = { name: '', suffix: 0, next: -1 };

export const netbiosNameDecoder: MessageDecoder = {
  name: 'netbios-ns',
  triggers: [{ kind: 'udp', ports: [137] }],
  scope: 'every',
  decode(bytes, start, end, _context, sink) {
    if (end - start < HEADER_BYTES) return 'foreign';
    const flags = u16(bytes, start + 2);
    const questions = u16(bytes, start + 4);
    const records = u16(bytes, start + 6) + u16(bytes, start + 10);
    if (questions > 1 || (questions === 0 && records === 0)) return 'foreign';
    readNetbiosName(bytes, start + HEADER_BYTES, end, read);
    if (read.next < 0 || end - read.next < 4) {
      sink.issue(ISSUE['message/netbios-malformed'], HEADER_BYTES, 38, end - start - HEADER_BYTES);
      return 'done';
    }
    const { name, suffix, next } = read;
    const type = u16(bytes, next);
    const data = questions === 1 ? recordAfterQuestion(bytes, next + 4, end) : recordData(bytes, next, end);
    const hasAddress = data >= 0 && type === TYPE.name && end - data >= 6;
    const names: { name: string; suffix: number; isGroup: boolean }[] = [];
    let mac: Mac = NO_MAC;
    if (data >= 0 && type === TYPE.status && data < end) {
      const claimed = bytes[data]!;
      const count = Math.min(claimed, Math.floor((end - data - 1) / NAME_ENTRY_BYTES));
      if (claimed > count) {
        sink.issue(
          ISSUE['message/netbios-malformed'],
          data - start,
          claimed * NAME_ENTRY_BYTES,
          end - data - 1,
        );
      }
      for (let i = 0; i < count && names.length < MAX_STATUS_NAMES; i++) {
        const at = data + 1 + i * NAME_ENTRY_BYTES;
        names.push({
          name: readPlainName(bytes, at),
          suffix: bytes[at + 15]!,
          isGroup: (u16(bytes, at + 16) & GROUP) !== 0,
        });
      }
      if (count > MAX_STATUS_NAMES) {
        sink.issue(ISSUE['message/message-limit'], data - start, count, MAX_STATUS_NAMES);
      }
      const unit = data + 1 + count * NAME_ENTRY_BYTES;
      if (claimed === count && end - unit >= 6) mac = u48(bytes, unit) || NO_MAC;
    }
    sink.observe({
      kind: 'netbios-name',
      isResponse: flags >= 0x8000,
      opcode: (flags >>> 11) & 15,
      rcode: flags & 15,
      type,
      name,
      suffix,
      isGroup: hasAddress && (u16(bytes, data) & GROUP) !== 0,
      address: hasAddress ? u32(bytes, data + 2) : 0,
      names,
      mac,
    });
    return 'done';
  },
};

/** Data of a record whose type stands at `at`; -1 when it is not whole. */
function recordData(bytes: Uint8Array, at: number, end: number): number {
  return end - at >= 10 && end - at - 10 >= u16(bytes, at + 8) ? at + 10 : -1;
}

/** Registrations repeat the name as a pointer, or in full. */
function recordAfterQuestion(bytes: Uint8Array, at: number, end: number): number {
  if (end - at < 2) return -1;
  if (bytes[at]! >= 0xc0) return recordData(bytes, at + 2, end);
  readNetbiosName(bytes, at, end, read);
  return read.next < 0 ? -1 : recordData(bytes, read.next, end);
}
