/**
 * The name that the sender of a message gives itself, where the message has one: what an administrator or an owner typed,
 * or what the maker set. Names of others, of queues, of users and of domains are left out.
 */
import { isDhcpv6Client } from '../fingerprint/collect/services.ts';
import type { Observation } from '../protocol/observation.ts';
import type { DeviceName } from './device.ts';

/** BACnet property: object name, of the device object when it is read from a device. */
const BACNET_OBJECT_NAME = 77;
const SNMP_RESPONSE = 2;

export function ownNameOf(observation: Observation): DeviceName | undefined {
  switch (observation.kind) {
    case 'device-info':
      return named(observation.name, 'description');
    case 'announcement':
      return observation.role === 'device' ? named(observation.name, observation.protocol) : undefined;
    case 'upnp-description':
      return named(observation.friendlyName, 'upnp');
    case 'ntlm':
      // The challenge names the server, the last message the client: each is the sender.
      return named(observation.computerName, 'ntlm');
    case 'lldp':
      return named(observation.systemName, 'lldp');
    case 'cdp':
      return named(observation.deviceId, 'cdp');
    case 'snmp':
      return observation.pduType === SNMP_RESPONSE ? named(observation.name, 'snmp') : undefined;
    case 'dhcpv6':
      return observation.relays === 0 && isDhcpv6Client(observation)
        ? named(observation.clientFqdn, 'dhcpv6')
        : undefined;
    case 'bacnet-text':
      return observation.property === BACNET_OBJECT_NAME ? named(observation.text, 'bacnet') : undefined;
    default:
      return undefined;
  }
}

function named(text: string, source: string): DeviceName | undefined {
  const name = text.trim();
  return name === '' ? undefined : { name, source };
}
