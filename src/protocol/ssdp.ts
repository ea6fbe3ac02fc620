/**
 * SSDP: UPnP Device Architecture 2.0, section 1 (NOTIFY, M-SEARCH and the answer to it). Answers travel from port 1900
 * to the port that searched. Ignored: bodies, which SSDP does not have.
 */
import { ISSUE } from '../packet/issue.ts';
import { LAYER } from '../packet/layer.ts';
import type { MessageDecoder } from './decoder.ts';
import { readHead, startsWith } from './header-fields.ts';

export interface SsdpObservation {
  readonly kind: 'ssdp';
  readonly method: 'notify' | 'search' | 'response';
  /** Header fields by lower-case name, first occurrence wins; bounded. */
  readonly headers: ReadonlyMap<string, string>;
}

export const ssdpDecoder: MessageDecoder = {
  name: 'ssdp',
  triggers: [{ kind: 'udp', ports: [1900] }],
  scope: 'every',
  // Many devices answer from a port of their own.
  probe: (bytes, start, end) => methodOf(bytes, start, end) !== null,
  decode(bytes, start, end, context, sink) {
    // HTTP over TCP looks alike.
    if ((context.batch.layers[context.index]! & LAYER.tcp) !== 0) return 'foreign';
    const method = methodOf(bytes, start, end);
    if (method === null) return 'foreign';
    const head = readHead(bytes, start, end);
    if (head.fields.size === 0) {
      sink.issue(ISSUE['message/ssdp-malformed'], 0, 0, end - start);
      return 'done';
    }
    sink.observe({ kind: 'ssdp', method, headers: head.fields });
    if (head.faults > 0) sink.issue(ISSUE['message/ssdp-malformed'], 0, 0, end - start);
    if (head.limited) sink.issue(ISSUE['message/message-limit'], 0, 0, end - start);
    return 'done';
  },
};

function methodOf(bytes: Uint8Array, start: number, end: number): SsdpObservation['method'] | null {
  if (startsWith(bytes, start, end, 'NOTIFY * HTTP/1.')) return 'notify';
  if (startsWith(bytes, start, end, 'M-SEARCH * HTTP/1.')) return 'search';
  if (startsWith(bytes, start, end, 'HTTP/1.')) return 'response';
  return null;
}
