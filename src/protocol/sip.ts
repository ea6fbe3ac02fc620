/**
 * SIP (RFC 3261) over UDP and TCP: what telephones and their servers say of themselves. Ignored on purpose: who calls whom
 * (of addresses only the domain is kept), digests, SDP.
 */
import type { DecodeResult, MessageDecoder, MessageSink } from './decoder.ts';
import { readHead } from './header-fields.ts';
import { readStartLine } from './start-line.ts';

const METHODS =
  /^(?:INVITE|ACK|BYE|CANCEL|OPTIONS|REGISTER|PRACK|SUBSCRIBE|NOTIFY|PUBLISH|INFO|REFER|MESSAGE|UPDATE)$/;
const MAX_HEAD_BYTES = 8192;

export interface SipObservation {
  readonly kind: 'sip';
  /** '' for an answer. */
  readonly method: string;
  /** 0 for a request. */
  readonly status: number;
  readonly userAgent: string;
  readonly server: string;
  /** Domain of From. */
  readonly fromDomain: string;
  readonly realm: string;
}

function decodeSip(bytes: Uint8Array, start: number, end: number, sink: MessageSink): DecodeResult {
  const line = readStartLine(bytes, start, end);
  if (line === 'incomplete') return 'incomplete';
  if (line === null || line.protocol !== 'SIP' || (line.status === 0 && !METHODS.test(line.method)))
    return 'foreign';
  const head = readHead(bytes, start, end);
  if (head.bodyStart < 0 && !head.limited && end - start < MAX_HEAD_BYTES) return 'incomplete';
  const field = (name: string): string => head.fields.get(name) ?? '';
  const from = head.fields.get('from') ?? field('f');
  sink.observe({
    kind: 'sip',
    method: line.method,
    status: line.status,
    userAgent: field('user-agent'),
    server: field('server'),
    fromDomain: /sips?:(?:[^@>;]{0,128}@)?([^>;:\s]{1,128})/i.exec(from)?.[1] ?? '',
    realm: /realm="([^"]{0,128})/i.exec(field('www-authenticate'))?.[1] ?? '',
  });
  return 'done';
}

export const sipDecoder: MessageDecoder = {
  name: 'sip',
  triggers: [
    { kind: 'udp', ports: [5060] },
    { kind: 'tcp', ports: [5060] },
  ],
  scope: 'start',
  decode: (bytes, start, end, _context, sink) => decodeSip(bytes, start, end, sink),
};
