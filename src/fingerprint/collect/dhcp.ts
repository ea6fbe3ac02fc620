import type { Dhcpv4Observation } from '../../protocol/dhcpv4.ts';
import type { Claims } from './claim.ts';

/** A request speaks for the client, even when a relay sent the packet; an answer says nothing about its server. */
export function collectDhcp(message: Dhcpv4Observation, claims: Claims): void {
  if (message.op !== 1) return;
  if (message.hostName !== '') claims.byHostName('dhcp.hostName', message.hostName);
  if (message.clientFqdn !== '') claims.byHostName('dhcp.clientFqdn', message.clientFqdn);
  if (message.vendorClass !== '') {
    const known = claims.byFact('dhcp.vendorClass', 'dhcp.vendorClass', message.vendorClass);
    if (!known) claims.byModel('dhcp.vendorClass', message.vendorClass);
  }
  claims.byFact('dhcp.userClass', 'dhcp.userClass', message.userClass);
  for (const { data } of message.vendorIdentifyingClass) {
    claims.byFact('dhcp.vendorIdentifyingClass', 'dhcp.vendorClass', data);
  }
  if (message.parameterRequestList.length > 0) {
    claims.byFact('dhcp.parameters', 'dhcp.parameters', message.parameterRequestList.join(','));
  }
}
