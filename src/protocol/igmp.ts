/**
 * Group membership: IGMP versions 1 to 3 (RFC 1112, 2236, 3376). The message starts at the type. Groups tell what a
 * host listens to: 239.255.255.250 is SSDP, 224.0.0.251 mDNS, 224.0.1.187 CoAP, 224.0.0.252 LLMNR.
 * Ignored on purpose: source addresses, query timers, routing protocols that share the number (DVMRP, PIM version 1).
 */
import { u16, u32 } from '../bytes/endian.ts';
import { ISSUE } from '../packet/issue.ts';
import { IP_PROTOCOL } from '../packet/layer.ts';
import type { MessageDecoder } from './decoder.ts';

export interface IgmpObservation {
  readonly kind: 'igmp';
  /** 0x11 query, 0x12, 0x16 and 0x22 reports of version 1 to 3, 0x17 leave. */
  readonly messageType: number;
  /** IPv4 words of the groups that are asked for, joined or left. */
  readonly groups: readonly number[];
  /** Version 3, for each group: 1 include, 2 exclude, 3 to include (leave), 4 to exclude (join), 5 and 6 sources. */
  readonly recordTypes: readonly number[];
}

/** Group records kept of one report. */
export const MAX_GROUPS = 64;
const TYPE = { query: 0x11, report1: 0x12, report2: 0x16, leave: 0x17, report3: 0x22 } as const;

export const igmpDecoder: MessageDecoder = {
  name: 'igmp',
  triggers: [{ kind: 'ip', protocols: [IP_PROTOCOL.igmp] }],
  scope: 'every',
  decode(bytes, start, end, _context, sink) {
    if (end - start < 8) return 'foreign';
    const messageType = bytes[start]!;
    const groups: number[] = [];
    const recordTypes: number[] = [];
    switch (messageType) {
      case TYPE.query:
      case TYPE.report1:
      case TYPE.report2:
      case TYPE.leave:
        if (u32(bytes, start + 4) !== 0) groups.push(u32(bytes, start + 4));
        break;
      case TYPE.report3: {
        const count = u16(bytes, start + 6);
        let at = start + 8;
        for (let i = 0; i < count; i++) {
          // A record: type, length of auxiliary data in words, number of sources, group, sources.
          const length = end - at >= 8 ? 8 + 4 * (u16(bytes, at + 2) + bytes[at + 1]!) : 8;
          if (length > end - at) {
            sink.issue(ISSUE['message/igmp-malformed'], at - start, length, end - at);
            break;
          }
          if (groups.length >= MAX_GROUPS) {
            sink.issue(ISSUE['message/message-limit'], at - start, count, MAX_GROUPS);
            break;
          }
          recordTypes.push(bytes[at]!);
          groups.push(u32(bytes, at + 4));
          at += length;
        }
        break;
      }
      default:
        return 'foreign';
    }
    sink.observe({ kind: 'igmp', messageType, groups, recordTypes });
    return 'done';
  },
};
