/** One DNS message: RFC 1035, section 4. */
import { u16, u32 } from '../bytes/endian.ts';
import { ISSUE } from '../packet/issue.ts';
import type { MessageSink } from './decoder.ts';
import type { DnsObservation, DnsQuestion, DnsRecord } from './dns.ts';
import { type NameResult, readName } from './dns-name.ts';
import { readRecordData } from './dns-record-data.ts';

/** Questions and records kept of one message. */
export const MAX_QUESTIONS = 64;
export const MAX_RECORDS = 256;

const HEADER_BYTES = 12;
const TYPE_OPT = 41;
const FLAGS_KEPT = 0x0780;
const name: NameResult = { name: '', next: -1 };

/**
 * Reads the message in `[start, end)` and tells `sink` what was read, even when it ends in a fault. False when the
 * header is not that of a message, and nothing was told.
 */
export function decodeDnsMessage(
  protocol: DnsObservation['protocol'],
  bytes: Uint8Array,
  start: number,
  end: number,
  sink: MessageSink,
): boolean {
  if (end - start < HEADER_BYTES) return false;
  const flags = u16(bytes, start + 2);
  const opcode = (flags >>> 11) & 15;
  if (opcode > 6) return false;
  const asked = u16(bytes, start + 4);
  // Five bytes are the least that a question or a record takes; a header that claims more is not one.
  if (asked * 5 > end - start && asked > MAX_QUESTIONS) return false;
  const isMulticast = protocol === 'mdns';
  const questions: DnsQuestion[] = [];
  const records: DnsRecord[] = [];
  let at = start + HEADER_BYTES;
  let fault = -1;
  let limited = false;

  for (let i = 0; i < asked; i++) {
    if (i >= MAX_QUESTIONS) {
      limited = true;
      break;
    }
    readName(bytes, start, at, end, name);
    if (name.next < 0 || end - name.next < 4) {
      fault = at;
      break;
    }
    const qclass = u16(bytes, name.next + 2);
    questions.push({
      name: name.name,
      type: u16(bytes, name.next),
      class: isMulticast ? qclass & 0x7fff : qclass,
    });
    at = name.next + 4;
  }
  for (let section = 1; section <= 3 && fault < 0 && !limited; section++) {
    const count = u16(bytes, start + 4 + section * 2);
    for (let i = 0; i < count; i++) {
      if (records.length >= MAX_RECORDS) {
        limited = true;
        break;
      }
      readName(bytes, start, at, end, name);
      const fixed = name.next;
      if (fixed < 0 || end - fixed < 10 || end - fixed - 10 < u16(bytes, fixed + 8)) {
        fault = at;
        break;
      }
      const owner = name.name;
      const type = u16(bytes, fixed);
      const rclass = u16(bytes, fixed + 2);
      const masked = isMulticast && type !== TYPE_OPT;
      const dataStart = fixed + 10;
      at = dataStart + u16(bytes, fixed + 8);
      const data = readRecordData(bytes, start, type, dataStart, at);
      if (data === null) {
        fault = dataStart;
        break;
      }
      records.push({
        section: section === 1 ? 'answer' : section === 2 ? 'authority' : 'additional',
        name: owner,
        type,
        class: masked ? rclass & 0x7fff : rclass,
        cacheFlush: masked && rclass >= 0x8000,
        ttl: u32(bytes, fixed + 4),
        value: data.value,
        port: data.port,
        strings: data.strings,
        ...(data.stringBytes === undefined ? {} : { stringBytes: data.stringBytes }),
      });
    }
  }
  if (questions.length === 0 && records.length === 0 && fault >= 0) {
    sink.issue(ISSUE['message/dns-malformed'], fault - start, 0, end - fault);
    return true;
  }
  sink.observe({
    kind: 'dns',
    protocol,
    transactionId: u16(bytes, start),
    isResponse: flags >= 0x8000,
    opcode,
    flags: flags & FLAGS_KEPT,
    rcode: flags & 15,
    questions,
    records,
  });
  if (fault >= 0) sink.issue(ISSUE['message/dns-malformed'], fault - start, 0, end - fault);
  if (limited) sink.issue(ISSUE['message/message-limit'], at - start, 0, end - at);
  return true;
}
