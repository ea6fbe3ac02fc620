/**
 * WS-Discovery over UDP (OASIS WS-DD 1.1, and the 2005 draft that cameras and printers speak): Hello, Bye, Probe,
 * Resolve and the matches. Ignored on purpose: message ids, signatures, what stands in SOAP headers beyond the action.
 */
import { MAX_TEXT_BYTES } from '../bytes/text.ts';
import type { MessageDecoder } from './decoder.ts';
import { MAX_XML_ELEMENTS, readXmlElements, xmlText } from './xml-elements.ts';
import { ISSUE } from '../packet/issue.ts';

export interface WsDiscoveryObservation {
  readonly kind: 'ws-discovery';
  readonly action: WsDiscoveryAction;
  /** Device types without prefix: `NetworkVideoTransmitter`, `Device`, `PrintDeviceType`, `Computer` … */
  readonly types: readonly string[];
  /** `onvif://www.onvif.org/name/…` and the like. */
  readonly scopes: readonly string[];
  readonly transportAddresses: readonly string[];
  /** Endpoint reference, usually `urn:uuid:…`. */
  readonly endpoint: string;
}

export type WsDiscoveryAction = 'hello' | 'bye' | 'probe' | 'probe-matches' | 'resolve' | 'resolve-matches';

const ACTIONS: ReadonlyMap<string, WsDiscoveryAction> = new Map([
  ['Hello', 'hello'],
  ['Bye', 'bye'],
  ['Probe', 'probe'],
  ['ProbeMatches', 'probe-matches'],
  ['Resolve', 'resolve'],
  ['ResolveMatches', 'resolve-matches'],
]);

/** Characters of one list as it stands in the message, and items kept of it. */
const MAX_LIST_TEXT = 4096;
const MAX_LIST = 64;

export const wsDiscoveryDecoder: MessageDecoder = {
  name: 'ws-discovery',
  triggers: [{ kind: 'udp', ports: [3702] }],
  scope: 'every',
  decode(bytes, start, end, _context, sink) {
    const elements = readXmlElements(bytes, start, end, MAX_LIST_TEXT);
    const body = elements.findIndex(({ name }) => name === 'Body');
    const action = ACTIONS.get(elements[body + 1]?.name ?? '');
    if (body < 0 || action === undefined) return 'foreign';
    // The header's From and ReplyTo hold addresses too; only the body describes the device.
    const described = elements.slice(body);
    sink.observe({
      kind: 'ws-discovery',
      action,
      types: words(xmlText(described, 'Types')).map((type) => type.slice(type.indexOf(':') + 1)),
      scopes: words(xmlText(described, 'Scopes')),
      transportAddresses: words(xmlText(described, 'XAddrs')),
      endpoint: xmlText(described, 'Address').slice(0, MAX_TEXT_BYTES),
    });
    if (elements.length >= MAX_XML_ELEMENTS) {
      sink.issue(ISSUE['message/message-limit'], 0, MAX_XML_ELEMENTS + 1, MAX_XML_ELEMENTS);
    }
    return 'done';
  },
};

function words(text: string): string[] {
  return text
    .split(/\s+/)
    .filter((word) => word !== '')
    .slice(0, MAX_LIST)
    .map((word) => word.slice(0, MAX_TEXT_BYTES));
}
