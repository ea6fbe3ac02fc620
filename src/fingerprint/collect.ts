/**
 * Observation → evidence about the device that sent the message (for DHCP requests: about the client).
 */
import type { Observation } from '../protocol/observation.ts';
import { collectBanner, collectMqttConnect, collectSshVersion } from './collect/banner.ts';
import { Claims } from './collect/claim.ts';
import { collectDhcp } from './collect/dhcp.ts';
import {
  collectAnnouncement,
  collectCdp,
  collectLldp,
  collectSnmp,
  collectWsDiscovery,
} from './collect/discovery.ts';
import { collectDns } from './collect/dns.ts';
import {
  collectDeviceInfo,
  collectHttpRequest,
  collectHttpResponse,
  collectHttpTitle,
  collectUpnpDescription,
} from './collect/http.ts';
import { collectNetbiosDatagram, collectNetbiosName } from './collect/netbios.ts';
import {
  collectBacnetIAm,
  collectBacnetText,
  collectCoap,
  collectDhcpv6,
  collectIppPrinter,
  collectModbusIdentity,
  collectNtlm,
  collectRtsp,
  collectSip,
  collectSmbNative,
  collectStun,
  collectSyslog,
  collectTftp,
} from './collect/services.ts';
import { collectSsdp } from './collect/ssdp.ts';
import { collectTlsCertificate, collectTlsClientHello } from './collect/tls.ts';
import type { Evidence } from './evidence.ts';
import { builtInKnowledge, type Knowledge } from './knowledge.ts';

export { Claims } from './collect/claim.ts';

/** Tells `emit` what the message says about its sender; the same evidence may come again with every message. */
export function collectEvidence(
  observation: Observation,
  emit: (evidence: Evidence) => void,
  knowledge: Knowledge = builtInKnowledge(),
): void {
  collectInto(observation, new Claims(emit, knowledge));
}

/** As `collectEvidence`, for callers that have many messages and one `Claims` for all of them. */
export function collectInto(observation: Observation, claims: Claims): void {
  switch (observation.kind) {
    case 'dhcp':
      return collectDhcp(observation, claims);
    case 'dns':
      return collectDns(observation, claims);
    case 'ssdp':
      return collectSsdp(observation, claims);
    case 'http-request':
      return collectHttpRequest(observation, claims);
    case 'http-response':
      return collectHttpResponse(observation, claims);
    case 'http-title':
      return collectHttpTitle(observation, claims);
    case 'upnp-description':
      return collectUpnpDescription(observation, claims);
    case 'tls-client-hello':
      return collectTlsClientHello(observation, claims);
    case 'tls-certificate':
      return collectTlsCertificate(observation, claims);
    case 'announcement':
      return collectAnnouncement(observation, claims);
    case 'ws-discovery':
      return collectWsDiscovery(observation, claims);
    case 'lldp':
      return collectLldp(observation, claims);
    case 'cdp':
      return collectCdp(observation, claims);
    case 'snmp':
      return collectSnmp(observation, claims);
    case 'netbios-name':
      return collectNetbiosName(observation, claims);
    case 'netbios-datagram':
      return collectNetbiosDatagram(observation, claims);
    case 'ssh-version':
      return collectSshVersion(observation, claims);
    case 'banner':
      return collectBanner(observation, claims);
    case 'mqtt-connect':
      return collectMqttConnect(observation, claims);
    case 'dhcpv6':
      return collectDhcpv6(observation, claims);
    case 'rtsp':
      return collectRtsp(observation, claims);
    case 'sip':
      return collectSip(observation, claims);
    case 'smb-native':
      return collectSmbNative(observation, claims);
    case 'ipp-printer':
      return collectIppPrinter(observation, claims);
    case 'modbus-identity':
      return collectModbusIdentity(observation, claims);
    case 'bacnet-i-am':
      return collectBacnetIAm(observation, claims);
    case 'bacnet-text':
      return collectBacnetText(observation, claims);
    case 'ntlm':
      return collectNtlm(observation, claims);
    case 'syslog':
      return collectSyslog(observation, claims);
    case 'stun':
      return collectStun(observation, claims);
    case 'coap':
      return collectCoap(observation, claims);
    case 'tftp':
      return collectTftp(observation, claims);
    case 'device-info':
      return collectDeviceInfo(observation, claims);
    default:
      return;
  }
}

export type FingerprintKind = 'tcp.syn' | 'tls.ja3' | 'tls.ja4' | 'hassh' | 'hassh.server';

/** Evidence from a fingerprint that is not a message. */
export function collectFingerprint(kind: FingerprintKind, value: string, claims: Claims): void {
  claims.byFact(kind, kind, value);
}
