import type { SsdpObservation } from '../../protocol/ssdp.ts';
import type { Claims } from './claim.ts';

/** Fields that name no product. */
const SILENT = new Set([
  'host',
  'cache-control',
  'location',
  'man',
  'mx',
  'nts',
  'date',
  'ext',
  'content-length',
  'opt',
]);

/** Announcements and answers speak for the sender; a search shows only who asks, by its USER-AGENT. */
export function collectSsdp(message: SsdpObservation, claims: Claims): void {
  if (message.method === 'search') {
    claims.byFact('ssdp.userAgent', 'http.userAgent', message.headers.get('user-agent') ?? '');
    return;
  }
  for (const [name, value] of message.headers) {
    if (name === 'server') {
      if (!claims.byFact('ssdp.server', 'ssdp.server', value)) claims.byModel('ssdp.server', value);
    } else if (name === 'nt' || name === 'st') {
      claims.byFact('ssdp.target', 'ssdp.target', value);
    } else if (name === 'usn') {
      claims.byFact('ssdp.usn', 'ssdp.target', value);
    } else if (!SILENT.has(name)) {
      claims.byFact('ssdp.header', 'ssdp.header', `${name}: ${value}`);
    }
  }
}
