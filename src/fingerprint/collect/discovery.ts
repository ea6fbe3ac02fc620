/** Protocols by which devices describe themselves, apart from mDNS and SSDP. */
import type { AnnouncementObservation } from '../../protocol/announcement.ts';
import type { CdpObservation } from '../../protocol/cdp.ts';
import type { LldpObservation } from '../../protocol/lldp.ts';
import type { SnmpObservation } from '../../protocol/snmp.ts';
import type { WsDiscoveryObservation } from '../../protocol/ws-discovery.ts';
import type { Category } from '../evidence.ts';
import type { Claims } from './claim.ts';

/** A platform's number of a product is no model that a person knows. */
const OPAQUE_MODELS = new Set(['tuya', 'miio']);

export function collectAnnouncement(message: AnnouncementObservation, claims: Claims): void {
  const { protocol } = message;
  if (message.role !== 'device') return;
  claims.byFact(`vendor.${protocol}`, 'vendor', protocol);
  if (message.deviceType !== '')
    claims.byFact(`vendor.${protocol}`, 'vendor', `${protocol}.type=${message.deviceType}`);
  for (const detail of message.details)
    claims.byFact(`vendor.${protocol}`, 'vendor', `${protocol}.${detail}`);
  if (message.manufacturer !== '') claims.claimBrand(`vendor.${protocol}`, message.manufacturer);
  if (message.model === '') return;
  const known = claims.byFact(`vendor.${protocol}`, 'vendor', `${protocol}.model=${message.model}`);
  if (!known && !OPAQUE_MODELS.has(protocol)) claims.claimModel(`vendor.${protocol}`, message.model);
}

/** DPWS device types, and scopes of ONVIF (`onvif://www.onvif.org/name/…`). */
const WSD_TYPES: Readonly<Record<string, Category>> = {
  NetworkVideoTransmitter: 'camera',
  PrintDeviceType: 'printer',
  ScanDeviceType: 'printer',
  Computer: 'computer',
};

export function collectWsDiscovery(message: WsDiscoveryObservation, claims: Claims): void {
  // A probe names what is looked for.
  if (message.action === 'probe' || message.action === 'resolve') return;
  for (const type of message.types) {
    const category = WSD_TYPES[type];
    if (category !== undefined) claims.say('wsd.type', type, { category }, 0.88);
  }
  for (const scope of message.scopes) {
    const match = /^onvif:\/\/www\.onvif\.org\/(name|hardware)\/(.+)$/i.exec(scope);
    if (match === null) continue;
    const value = decodePercent(match[2]!);
    if (match[1]!.toLowerCase() === 'hardware') claims.claimModel('wsd.hardware', value);
    else if (!claims.byFact('wsd.name', 'manufacturer', value)) claims.byModel('wsd.name', value);
  }
}

function decodePercent(text: string): string {
  return text.replace(/%([2-7][0-9a-f])/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

const LLDP = { bridge: 0x4, accessPoint: 0x8, router: 0x10, telephone: 0x20 } as const;

export function collectLldp(message: LldpObservation, claims: Claims): void {
  claims.byFact('lldp.systemDescription', 'snmp.description', message.systemDescription);
  claims.byModel('lldp.systemDescription', message.systemDescription);
  if (message.systemName !== '') claims.byHostName('lldp.systemName', message.systemName);
  if (message.manufacturer !== '') claims.claimBrand('lldp.manufacturer', message.manufacturer);
  if (message.model !== '') claims.claimModel('lldp.model', message.model);
  sayCapability(claims, 'lldp.capabilities', message.enabledCapabilities, LLDP);
}

const CDP = { bridge: 0x8, accessPoint: 0, router: 0x1, telephone: 0x80 } as const;

export function collectCdp(message: CdpObservation, claims: Claims): void {
  if (message.deviceId !== '') claims.byHostName('cdp.deviceId', message.deviceId);
  claims.byFact('cdp.software', 'snmp.description', message.software);
  if (!claims.byFact('cdp.platform', 'snmp.description', message.platform))
    claims.byModel('cdp.platform', message.platform);
  if (/^cisco\b/i.test(message.platform))
    claims.say('cdp.platform', message.platform, { brand: 'Cisco' }, 0.92);
  sayCapability(claims, 'cdp.capabilities', message.capabilities, CDP);
}

/** A telephone or an access point bridges too, and computers bridge for their guests: bridging alone says least. */
function sayCapability(
  claims: Claims,
  source: string,
  bits: number,
  bit: Record<keyof typeof LLDP, number>,
): void {
  const category: Category =
    (bits & bit.telephone) !== 0
      ? 'voip'
      : (bits & bit.accessPoint) !== 0
        ? 'access-point'
        : (bits & bit.router) !== 0
          ? 'router'
          : (bits & bit.bridge) !== 0
            ? 'network-switch'
            : 'unknown';
  if (category === 'unknown') return;
  const weight =
    category === 'voip' || category === 'access-point' ? 0.88 : category === 'router' ? 0.6 : 0.65;
  claims.say(source, category, { category }, weight);
}

/** Only an agent answers with its description. */
export function collectSnmp(message: SnmpObservation, claims: Claims): void {
  if (message.pduType !== 2 && message.pduType !== 4 && message.pduType !== 7) return;
  claims.byFact('snmp.description', 'snmp.description', message.description);
  claims.byModel('snmp.description', message.description);
  if (message.name !== '') claims.byHostName('snmp.name', message.name);
  if (message.device !== '') claims.claimModel('snmp.device', message.device);
}
