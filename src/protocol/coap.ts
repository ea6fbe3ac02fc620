/**
 * CoAP over UDP: RFC 7252; resource lists in link format (RFC 6690).
 * Ignored on purpose: tokens, block-wise transfer beyond the first block, observation, payloads of other formats.
 */
import { u16 } from '../bytes/endian.ts';
import { MAX_TEXT_BYTES, readText } from '../bytes/text.ts';
import { ISSUE } from '../packet/issue.ts';
import type { MessageDecoder } from './decoder.ts';

export interface CoapObservation {
  readonly kind: 'coap';
  /** 0 confirmable, 1 non-confirmable, 2 acknowledgement, 3 reset. */
  readonly messageType: number;
  /** Class and detail as `class * 100 + detail`: 1 GET, 2 POST, 205 Content, 404 Not Found; 0 for empty messages. */
  readonly code: number;
  readonly messageId: number;
  readonly host: string;
  /** `/a/b`; '' without Uri-Path options. */
  readonly path: string;
  readonly query: readonly string[];
  /** Content-Format; -1 when absent. */
  readonly contentFormat: number;
  /** Links of a resource list: `</light>;rt="light"`. */
  readonly links: readonly string[];
  readonly payloadBytes: number;
}

/** Options of one message, path segments, links kept. */
export const MAX_COAP_OPTIONS = 64;
const MAX_LINKS = 64;
const MAX_LINK_BYTES = 4096;
const OPTION = { uriHost: 3, uriPath: 11, contentFormat: 12, uriQuery: 15 } as const;
const FORMAT_LINKS = 40;
const PAYLOAD_MARKER = 0xff;

export const coapDecoder: MessageDecoder = {
  name: 'coap',
  triggers: [{ kind: 'udp', ports: [5683] }],
  scope: 'start',
  decode(bytes, start, end, _context, sink) {
    if (end - start < 4) return 'foreign';
    const head = bytes[start]!;
    const tokenLength = head & 15;
    const codeClass = bytes[start + 1]! >>> 5;
    const detail = bytes[start + 1]! & 31;
    if (head >>> 6 !== 1 || tokenLength > 8 || codeClass === 1 || codeClass > 5 || codeClass === 3) {
      return 'foreign';
    }
    if (codeClass === 0 && detail === 0 && end - start !== 4) return 'foreign';
    const query: string[] = [];
    let host = '';
    let path = '';
    let contentFormat = -1;
    let number = 0;
    let payload = end;
    let at = start + 4 + tokenLength;
    for (let count = 0; at < end; count++) {
      if (bytes[at] === PAYLOAD_MARKER) {
        payload = at + 1;
        break;
      }
      if (count >= MAX_COAP_OPTIONS) {
        sink.issue(ISSUE['message/message-limit'], at - start, 0, end - at);
        break;
      }
      const deltaNibble = bytes[at]! >>> 4;
      const lengthNibble = bytes[at]! & 15;
      const extended = extendedBytes(deltaNibble) + extendedBytes(lengthNibble);
      if (deltaNibble === 15 || lengthNibble === 15 || end - at < 1 + extended) {
        sink.issue(ISSUE['message/coap-malformed'], at - start, 1 + extended, end - at);
        break;
      }
      number += extendedValue(bytes, at + 1, deltaNibble);
      const length = extendedValue(bytes, at + 1 + extendedBytes(deltaNibble), lengthNibble);
      const value = at + 1 + extended;
      if (length > end - value) {
        sink.issue(ISSUE['message/coap-malformed'], at - start, length, end - value);
        break;
      }
      at = value + length;
      if (number === OPTION.uriHost) host = readText(bytes, value, at);
      else if (number === OPTION.uriQuery) query.push(readText(bytes, value, at));
      else if (number === OPTION.uriPath && path.length < MAX_TEXT_BYTES) {
        path = `${path}/${readText(bytes, value, at)}`.slice(0, MAX_TEXT_BYTES);
      } else if (number === OPTION.contentFormat) {
        contentFormat =
          length === 0 ? 0 : length === 1 ? bytes[value]! : length === 2 ? u16(bytes, value) : -1;
      }
    }
    sink.observe({
      kind: 'coap',
      messageType: (head >>> 4) & 3,
      code: codeClass * 100 + detail,
      messageId: u16(bytes, start + 2),
      host,
      path,
      query,
      contentFormat,
      links: contentFormat === FORMAT_LINKS ? readLinks(bytes, payload, end) : [],
      payloadBytes: end - payload,
    });
    return 'done';
  },
};

function extendedBytes(nibble: number): number {
  return nibble === 13 ? 1 : nibble === 14 ? 2 : 0;
}

function extendedValue(bytes: Uint8Array, at: number, nibble: number): number {
  return nibble === 13 ? bytes[at]! + 13 : nibble === 14 ? u16(bytes, at) + 269 : nibble;
}

/** Links are separated by commas outside of quotes; a comma within `<>` does not occur in resource lists. */
function readLinks(bytes: Uint8Array, start: number, end: number): string[] {
  const text = readText(bytes, start, end, MAX_LINK_BYTES);
  const links: string[] = [];
  let from = 0;
  let isQuoted = false;
  for (let i = 0; i <= text.length && links.length < MAX_LINKS; i++) {
    const c = text[i];
    if (c === '"') isQuoted = !isQuoted;
    if (i < text.length && (c !== ',' || isQuoted)) continue;
    const link = text.slice(from, Math.min(i, from + MAX_TEXT_BYTES)).trim();
    if (link !== '') links.push(link);
    from = i + 1;
  }
  return links;
}
