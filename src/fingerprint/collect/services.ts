/** What servers and clients of further protocols say about their own make. */
import type { BacnetIAmObservation, BacnetTextObservation } from '../../protocol/bacnet.ts';
import type { CoapObservation } from '../../protocol/coap.ts';
import type { Dhcpv6Observation } from '../../protocol/dhcpv6.ts';
import type { IppPrinterObservation } from '../../protocol/ipp.ts';
import type { ModbusIdentityObservation } from '../../protocol/modbus.ts';
import type { NtlmObservation } from '../../protocol/ntlm.ts';
import type { RtspObservation } from '../../protocol/rtsp.ts';
import type { SipObservation } from '../../protocol/sip.ts';
import type { SmbNativeObservation } from '../../protocol/smb.ts';
import type { StunObservation } from '../../protocol/stun.ts';
import type { SyslogObservation } from '../../protocol/syslog.ts';
import type { TftpObservation } from '../../protocol/tftp.ts';
import type { Claims } from './claim.ts';

/** Messages of a DHCPv6 client: SOLICIT, REQUEST, CONFIRM, RENEW, REBIND, RELEASE, DECLINE, INFORMATION-REQUEST. */
const CLIENT_MESSAGES = new Set([1, 3, 4, 5, 6, 8, 9, 11]);

export function isDhcpv6Client({ messageType }: Dhcpv6Observation): boolean {
  return CLIENT_MESSAGES.has(messageType);
}

export function collectDhcpv6(message: Dhcpv6Observation, claims: Claims): void {
  // A relay speaks for its client, and its packet has another sender.
  if (message.relays > 0 || !isDhcpv6Client(message)) return;
  if (message.clientFqdn !== '') claims.byHostName('dhcpv6.clientFqdn', message.clientFqdn);
  for (const { data } of message.vendorClass) claims.byFact('dhcpv6.vendorClass', 'dhcp.vendorClass', data);
  claims.byFact('dhcpv6.options', 'dhcpv6.options', dhcpv6Fingerprint(message));
}

/** The client's program by the options that it sends and asks for, in its order. */
export function dhcpv6Fingerprint({ optionOrder, optionRequest }: Dhcpv6Observation): string {
  return `${optionOrder.join(',')}/${optionRequest.join(',')}`;
}

/** Cameras serve RTSP; media players and servers do too, so the protocol alone says little. */
export function collectRtsp(message: RtspObservation, claims: Claims): void {
  if (message.method !== '') return void claims.byFact('rtsp.userAgent', 'http.userAgent', message.userAgent);
  if (!claims.byFact('rtsp.server', 'http.server', message.server))
    claims.byModel('rtsp.server', message.server);
  if (!claims.byFact('rtsp.realm', 'http.realm', message.realm)) claims.byModel('rtsp.realm', message.realm);
}

export function collectSip(message: SipObservation, claims: Claims): void {
  for (const agent of [message.userAgent, message.server]) {
    if (!claims.byFact('sip.userAgent', 'http.userAgent', agent)) claims.byModel('sip.userAgent', agent);
  }
}

/** Samba calls itself so, whatever it runs on; Windows tells its version. */
export function collectSmbNative(message: SmbNativeObservation, claims: Claims): void {
  const windows = /^windows\b(?: (server)\b| (xp|vista|7|8\.1|8|10|11)\b)?/i.exec(message.os);
  if (windows !== null) {
    const [, server, version] = windows;
    const os =
      version === undefined ? 'Windows' : `Windows ${WINDOWS_NAMES[version.toLowerCase()] ?? version}`;
    const category = server === undefined ? 'computer' : 'server';
    claims.say('smb.os', message.os, { os, category }, 0.82);
  }
  claims.byFact('smb.lanManager', 'snmp.description', message.lanManager);
}

const WINDOWS_NAMES: Readonly<Record<string, string>> = { xp: 'XP', vista: 'Vista' };

/** A queue that a computer shares has the make of a printer that is not the sender (RFC 8011 section 4.4 leaves paths open). */
export function collectIppPrinter(message: IppPrinterObservation, claims: Claims): void {
  const { path, makeAndModel } = message;
  if (/^\/(?:printers|classes)\//.test(path)) {
    claims.say('ipp.path', 'a print queue that it shares', { category: 'computer' }, 0.6);
  } else if (makeAndModel !== '') {
    const isOwn = path.startsWith('/ipp');
    claims.say('ipp.makeAndModel', makeAndModel, { category: 'printer' }, isOwn ? 0.9 : 0.6);
    if (isOwn) claims.claimModel('ipp.makeAndModel', makeAndModel);
  }
}

export function collectModbusIdentity(message: ModbusIdentityObservation, claims: Claims): void {
  claims.say('modbus.identity', message.productName || message.productCode, { category: 'industrial' }, 0.85);
  if (message.vendorName !== '') claims.claimBrand('modbus.vendorName', message.vendorName);
  if (message.modelName !== '') claims.claimModel('modbus.modelName', message.modelName);
}

/** Building automation; the number of the vendor is ASHRAE's. */
export function collectBacnetIAm(message: BacnetIAmObservation, claims: Claims): void {
  claims.byFact('bacnet.iAm', 'vendor', 'bacnet');
  claims.byFact('bacnet.iAm', 'vendor', `bacnet.vendor=${message.vendorId}`);
}

const BACNET = { modelName: 70, vendorName: 121 } as const;

export function collectBacnetText(message: BacnetTextObservation, claims: Claims): void {
  if (message.property === BACNET.vendorName) claims.claimBrand('bacnet.vendorName', message.text);
  else if (message.property === BACNET.modelName) claims.claimModel('bacnet.modelName', message.text);
}

/** The server names itself in CHALLENGE, the client in AUTHENTICATE. Samba leaves the version out or says 6.1.0. */
export function collectNtlm(message: NtlmObservation, claims: Claims): void {
  if (message.computerName !== '') claims.byHostName('ntlm.computerName', message.computerName);
  claims.byFact('ntlm.osVersion', 'ntlm.version', message.osVersion);
}

/** What a device offers is in the list that it answers with. */
export function collectCoap(message: CoapObservation, claims: Claims): void {
  for (const link of message.links) {
    for (const [, types] of link.matchAll(/;\s*rt="([^"]*)"/g)) {
      for (const type of types!.split(' ')) claims.byFact('coap.resource', 'coap.resource', `rt=${type}`);
    }
  }
}

/** Telephones and computers that boot from the network ask for files that only they have. */
export function collectTftp(message: TftpObservation, claims: Claims): void {
  if (message.operation !== 'read') return;
  const name = message.fileName.slice(message.fileName.lastIndexOf('/') + 1);
  claims.byFact('tftp.file', 'tftp.file', name);
}

export function collectSyslog(message: SyslogObservation, claims: Claims): void {
  if (message.hostName !== '' && !/^[\d.:]+$/.test(message.hostName)) {
    claims.byHostName('syslog.hostName', message.hostName);
  }
}

export function collectStun(message: StunObservation, claims: Claims): void {
  claims.byFact('stun.software', 'http.userAgent', message.software);
}
