import { isGroupIp, isIpv4Words, isLoopbackIp, isPrivateIp, isUnspecifiedIp } from '../bytes/address.ts';
import { FIRST_ENTRIES, withRoom } from '../bytes/column.ts';
import { AddressTable } from './address-table.ts';
import type { AddressSource } from './device.ts';
import { OnLinkPrefixes } from './on-link.ts';

/** Addresses remembered over all devices, and per device. */
export const MAX_ADDRESSES = 65_536;
export const MAX_ADDRESSES_PER_DEVICE = 64;

/** How an address was seen with a device. The first three prove that it is the device's own. */
export const CLAIM = { arp: 1, dhcp: 2, nd: 4, mdns: 8, direct: 16, forwarded: 32 } as const;
const PROVED = CLAIM.arp | CLAIM.dhcp | CLAIM.nd;
const SOURCES: readonly [number, AddressSource][] = [
  [CLAIM.arp, 'arp'],
  [CLAIM.dhcp, 'dhcp'],
  [CLAIM.nd, 'nd'],
  [CLAIM.mdns, 'mdns'],
  [CLAIM.direct | CLAIM.forwarded, 'traffic'],
];

/**
 * Which addresses are whose. A MAC that is seen with an IP source address need not own it: a router's MAC comes
 * with every address behind it. So claims are kept apart by how they were made, and `owns` weighs them:
 *
 * - ARP, DHCP and neighbour discovery prove ownership; an address so proved for one device is not another's by
 *   traffic alone. Two devices may both prove one address (a hub with two interfaces, a conflict): both own it.
 * - Traffic shows ownership when the address is link-local, or within a prefix known to be on-link, or, for private
 *   addresses, when the packet was not forwarded (its TTL still has an initial value). A public address needs one of
 *   the proofs above or such a prefix.
 *
 * Bounds: `MAX_ADDRESSES` entries, `MAX_ADDRESSES_PER_DEVICE` for each device; what does not fit is not remembered.
 */
export class AddressBook {
  readonly prefixes = new OnLinkPrefixes();
  readonly table = new AddressTable(MAX_ADDRESSES);
  private claims = new Uint8Array(64);
  private first = new Uint32Array(64);
  private last = new Uint32Array(64);
  /** Who proved an address first (a DHCP lease replaces it), by address. */
  private readonly provedBy = new AddressTable(MAX_ADDRESSES);
  private provedDevice = new Int32Array(64);
  private perDevice = new Uint16Array(FIRST_ENTRIES);
  /** Addresses by which a device is known only through traffic that was not forwarded. */
  private directCount = new Uint16Array(FIRST_ENTRIES);
  /** Distinct public sources forwarded by a device, and public destinations handed to it: 32-bit sketches. */
  private forwardedFrom = new Uint32Array(FIRST_ENTRIES);
  private forwardedTo = new Uint32Array(FIRST_ENTRIES);
  /** Calls that found no room. */
  overflow = 0;

  /** To be called before anything is said of a device beyond `FIRST_ENTRIES`. */
  makeRoom(devices: number): void {
    this.perDevice = withRoom(this.perDevice, devices);
    this.directCount = withRoom(this.directCount, devices);
    this.forwardedFrom = withRoom(this.forwardedFrom, devices);
    this.forwardedTo = withRoom(this.forwardedTo, devices);
  }

  claim(device: number, w0: number, w1: number, w2: number, w3: number, how: number, seconds: number): void {
    if (isUnspecifiedIp(w0, w1, w2, w3) || isGroupIp(w0, w1, w2, w3)) return;
    let entry = this.table.find(device, w0, w1, w2, w3);
    if (entry < 0) {
      if (how === CLAIM.forwarded && !isPrivateIp(w0, w1, w2, w3)) {
        this.forwardedFrom[device]! |= 1 << ((w3 ^ (w3 >>> 11) ^ w1) & 31);
      }
      // Room is left for what proves an address: a router must not lose its own to those behind it.
      const room = (how & PROVED) !== 0 ? MAX_ADDRESSES_PER_DEVICE : MAX_ADDRESSES_PER_DEVICE - 16;
      if (this.perDevice[device]! >= room) {
        this.overflow++;
        return;
      }
      entry = this.table.add(device, w0, w1, w2, w3);
      if (entry < 0) {
        this.overflow++;
        return;
      }
      if (entry >= this.claims.length) this.grow();
      this.perDevice[device]!++;
      if (how === CLAIM.direct) this.directCount[device]!++;
      this.first[entry] = seconds;
    }
    this.claims[entry]! |= how;
    if (seconds > this.last[entry]!) this.last[entry] = seconds;
    if ((how & PROVED) !== 0) this.prove(device, w0, w1, w2, w3, how);
  }

  /** The address was claimed for the device in this way before. */
  isClaimed(device: number, words: Uint32Array, at: number, how: number): boolean {
    const entry = this.table.find(device, words[at]!, words[at + 1]!, words[at + 2]!, words[at + 3]!);
    return entry >= 0 && (this.claims[entry]! & how) !== 0;
  }

  private prove(device: number, w0: number, w1: number, w2: number, w3: number, how: number): void {
    let entry = this.provedBy.find(-1, w0, w1, w2, w3);
    if (entry < 0) {
      entry = this.provedBy.add(-1, w0, w1, w2, w3);
      if (entry < 0) return;
      if (entry >= this.provedDevice.length) this.provedDevice = grown(this.provedDevice);
      this.provedDevice[entry] = device;
    } else if (how === CLAIM.dhcp) {
      this.provedDevice[entry] = device;
    }
  }

  /** A packet for `words[at..]` was handed to `device`: public addresses tell a router. Called for every packet. */
  handedTo(device: number, words: Uint32Array, at: number): void {
    const w3 = words[at + 3]!;
    if (words[at + 2] === 0xffff ? MAYBE_PUBLIC[w3 >>> 24] === 0 : words[at]! >>> 29 !== 1) return;
    const bit = 1 << ((w3 ^ (w3 >>> 11) ^ words[at + 1]!) & 31);
    if ((this.forwardedTo[device]! & bit) !== 0) return;
    if (!isPrivateIp(words[at]!, words[at + 1]!, words[at + 2]!, w3)) this.forwardedTo[device]! |= bit;
  }

  /** Keeps the time of a claim current. */
  touch(device: number, words: Uint32Array, at: number, seconds: number): void {
    const entry = this.table.find(device, words[at]!, words[at + 1]!, words[at + 2]!, words[at + 3]!);
    if (entry >= 0 && seconds > this.last[entry]!) this.last[entry] = seconds;
  }

  /** The device that proved an address, or -1. */
  provenOwner(w0: number, w1: number, w2: number, w3: number): number {
    const entry = this.provedBy.find(-1, w0, w1, w2, w3);
    return entry < 0 ? -1 : this.provedDevice[entry]!;
  }

  /** Packets for public addresses were handed to it. */
  isHandedPublic(device: number): boolean {
    return this.forwardedTo[device] !== 0;
  }

  /** It passes on packets between the internet and this network, in both directions or for many addresses. */
  forwards(device: number): boolean {
    const to = popCount(this.forwardedTo[device]!);
    return (
      to >= 6 ||
      (to >= 1 && this.forwardedFrom[device] !== 0 && to + popCount(this.forwardedFrom[device]!) >= 4)
    );
  }

  /** What is known so far says that `device` has the address of `entry` itself. */
  owns(entry: number): boolean {
    const device = this.table.owners[entry]!;
    const claims = this.claims[entry]!;
    if ((claims & PROVED) !== 0) return true;
    const w = this.table.words;
    const w0 = w[entry * 4]!;
    const w1 = w[entry * 4 + 1]!;
    const w2 = w[entry * 4 + 2]!;
    const w3 = w[entry * 4 + 3]!;
    if (isIpv4Words(w0, w1, w2) ? w3 >>> 16 === 0xa9fe : (w0 & 0xffc0_0000) >>> 0 === 0xfe80_0000)
      return true;
    if (this.provenOwner(w0, w1, w2, w3) >= 0) return false;
    if (this.prefixes.covers(w0, w1, w2, w3)) return true;
    const isPrivate = isPrivateIp(w0, w1, w2, w3);
    if ((claims & CLAIM.direct) === 0) {
      return isPrivate && !this.forwards(device) && this.perDevice[device] === 1;
    }
    // An initial TTL does not prove a public address: proxies answer for servers, and middleboxes set the TTL anew.
    if (!isPrivate && !isLoopbackIp(w0, w1, w2, w3)) return false;
    // No router in between. Many such addresses of one MAC are a bridge, a router's far side, or forged.
    return this.directCount[device]! <= 8;
  }

  /** `address` belongs to `device`, as far as is known. */
  isOwn(device: number, words: Uint32Array, at: number): boolean {
    const entry = this.table.find(device, words[at]!, words[at + 1]!, words[at + 2]!, words[at + 3]!);
    return entry >= 0 && this.owns(entry);
  }

  /** `device` sent a packet from this address that no router had forwarded, or proved it. */
  sentFrom(device: number, words: Uint32Array, at: number): boolean {
    const entry = this.table.find(device, words[at]!, words[at + 1]!, words[at + 2]!, words[at + 3]!);
    return entry >= 0 && (this.claims[entry]! & ~(CLAIM.forwarded | CLAIM.mdns)) !== 0;
  }

  /** `device` passed packets of this address on, and never sent one as its own. */
  cameFromElsewhere(device: number, words: Uint32Array, at: number): boolean {
    const entry = this.table.find(device, words[at]!, words[at + 1]!, words[at + 2]!, words[at + 3]!);
    return entry >= 0 && (this.claims[entry]! & ~CLAIM.forwarded) === 0;
  }

  sourcesOf(entry: number): Set<AddressSource> {
    const claims = this.claims[entry]!;
    return new Set(SOURCES.filter(([bits]) => (claims & bits) !== 0).map(([, source]) => source));
  }

  firstSeconds(entry: number): number {
    return this.first[entry]!;
  }

  lastSeconds(entry: number): number {
    return this.last[entry]!;
  }

  private grow(): void {
    const claims = new Uint8Array(this.claims.length * 2);
    claims.set(this.claims);
    this.claims = claims;
    const first = new Uint32Array(claims.length);
    first.set(this.first);
    this.first = first;
    const last = new Uint32Array(claims.length);
    last.set(this.last);
    this.last = last;
  }
}

/** By TTL: 1 when a packet with it has not been forwarded, because senders start at these (or at 1 on purpose). */
export const IS_INITIAL_TTL = Uint8Array.from({ length: 256 }, (_, ttl) =>
  Number([1, 32, 64, 128, 255].includes(ttl)),
);

/** By first byte of an IPv4 address: 1 when the internet may hold it. */
const MAYBE_PUBLIC = Uint8Array.from({ length: 256 }, (_, byte) =>
  Number(byte !== 0 && byte !== 10 && byte !== 127 && byte < 224),
);

function popCount(word: number): number {
  let v = word - ((word >>> 1) & 0x5555_5555);
  v = (v & 0x3333_3333) + ((v >>> 2) & 0x3333_3333);
  return Math.imul((v + (v >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}

function grown(from: Int32Array): Int32Array<ArrayBuffer> {
  const to = new Int32Array(from.length * 2);
  to.set(from);
  return to;
}
