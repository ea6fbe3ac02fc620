/**
 * Which devices of the registry are one device under several MAC addresses: a phone that changes its randomised
 * address, or one box with several interfaces. A link is told with its reason; nothing is merged, because a wrong merge
 * hides a device. Every rule needs something that two devices do not share by chance.
 */
import { isLocalMac, isPrivateIpv6, NO_MAC } from '../bytes/address.ts';
import type { AddressBook } from './address-book.ts';
import type { Device } from './device.ts';

export interface DeviceLink {
  /** Indexes in the registry, the lower one first. */
  readonly a: number;
  readonly b: number;
  /** `changed-address`: one after the other; `interfaces`: side by side. */
  readonly kind: 'changed-address' | 'interfaces';
  /** One sentence part: what they share. */
  readonly reason: string;
}

/** Links at most, over all devices. */
export const MAX_LINKS = 1024;
/** Interfaces of one box have neighbouring addresses. */
const ADJACENT = 4;
/** Names that many devices have as they come. */
const COMMON_NAME =
  /^(?:android|iphone|ipad|localhost|unknown|esp|espressif|raspberrypi|ubuntu|debian|kali|linux|windows|mac|macbook|camera|ipcam|tv|phone|laptop|pc|router|galaxy|watch)(?:[-_ ]?\d{0,3})$/i;

interface Lifetime {
  readonly first: number;
  readonly last: number;
}

/** `lifetimeOf`: first and last second of a device's own packets. */
export function linkDevices(
  devices: readonly Device[],
  addresses: AddressBook,
  lifetimeOf: (device: number) => Lifetime,
): DeviceLink[] {
  const links = new Map<string, DeviceLink>();
  const link = (a: Device, b: Device, kind: DeviceLink['kind'], reason: string): void => {
    const [low, high] = a.index < b.index ? [a, b] : [b, a];
    const key = `${low.index} ${high.index}`;
    if (low !== high && !links.has(key) && links.size < MAX_LINKS) {
      links.set(key, { a: low.index, b: high.index, kind, reason });
    }
  };
  const apart = (a: Device, b: Device): boolean => {
    const first = lifetimeOf(a.index);
    const second = lifetimeOf(b.index);
    return first.last <= second.first || second.last <= first.first;
  };
  const kindOf = (a: Device, b: Device): DeviceLink['kind'] =>
    apart(a, b) ? 'changed-address' : 'interfaces';

  const byIdentifier = new Map<string, Device>();
  const bySuffix = new Map<string, Device>();
  const byName = new Map<string, Device>();
  for (const device of devices) {
    if (device.mac === NO_MAC || device.roles.has('virtual-router')) continue;
    // RFC 4361 has the DUID in both, so that one client is known over IPv4 and IPv6.
    const identifiers = [
      ...(device.fingerprints.get('dhcp-client-id') ?? []),
      ...(device.fingerprints.get('dhcpv6-client-id') ?? []),
    ];
    for (const id of identifiers) {
      const other = byIdentifier.get(id);
      if (other === undefined) byIdentifier.set(id, device);
      else link(other, device, kindOf(other, device), `the DHCP client identifier ${id}`);
    }
    for (const { name, source } of device.names.values()) {
      const key = name.toLowerCase();
      if ((source !== 'dhcp' && source !== 'mdns') || key.length < 4 || COMMON_NAME.test(key)) continue;
      const other = byName.get(key);
      if (other === undefined) byName.set(key, device);
      else if (isLocalMac(device.mac) !== isLocalMac(other.mac) || isLocalMac(device.mac)) {
        // Two devices that are there at once may have one name by chance; one that follows another has not.
        if (apart(other, device)) link(other, device, 'changed-address', `the name ${name}`);
      } else if (isAdjacent(other, device)) {
        link(other, device, 'interfaces', `the name ${name} and neighbouring addresses`);
      }
    }
  }
  const byMac = new Map(devices.map((device) => [device.mac, device]));
  const { table } = addresses;
  for (let entry = 0; entry < table.size; entry++) {
    const w0 = table.words[entry * 4]!;
    if ((w0 >>> 29 !== 1 && !isPrivateIpv6(w0)) || !addresses.owns(entry)) continue;
    const device = devices[table.owners[entry]!]!;
    if (device.roles.has('virtual-router')) continue;
    const w2 = table.words[entry * 4 + 2]!;
    const w3 = table.words[entry * 4 + 3]!;
    const eui = macOfInterfaceId(w2, w3);
    if (eui !== NO_MAC) {
      const other = byMac.get(eui);
      if (other !== undefined && other !== device) {
        link(other, device, kindOf(other, device), 'an IPv6 address that is made of the other’s MAC address');
      }
      continue;
    }
    // Short suffixes are given by hand or by DHCPv6, and then are not one device's alone.
    if (w2 >>> 16 === 0) continue;
    const key = `${w2} ${w3}`;
    const other = bySuffix.get(key);
    if (other === undefined) bySuffix.set(key, device);
    else link(other, device, kindOf(other, device), 'the interface identifier of their IPv6 addresses');
  }
  return [...links.values()].sort((x, y) => x.a - y.a || x.b - y.b);
}

function isAdjacent(a: Device, b: Device): boolean {
  return Math.abs(a.mac - b.mac) <= ADJACENT;
}

/** The MAC that a modified EUI-64 interface identifier was made of (RFC 4291 appendix A), or `NO_MAC`. */
export function macOfInterfaceId(w2: number, w3: number): number {
  if ((w2 & 0xff) !== 0xff || w3 >>> 24 !== 0xfe) return NO_MAC;
  const high = ((w2 >>> 16) ^ 0x0200) & 0xffff;
  return high * 0x1_0000_0000 + ((w2 >>> 8) & 0xff) * 0x100_0000 + (w3 & 0xff_ffff);
}
