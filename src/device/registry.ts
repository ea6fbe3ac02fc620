/**
 * The device room says which addresses are one device, what it said and whom it talked to.
 *
 * A device is a unicast MAC address that sent or received a frame: one that was only ever sent to is listed too, with
 * no packets of its own, because half of a conversation may be all that was captured. Six bytes are no device by
 * themselves: the frame must hold something that is understood (ARP, IP down to a transport header, a message), or the
 * address must be heard again; what damage and noise put into a capture is neither. Where a link has no MAC
 * addresses (raw IP, loopback), a device is a private or loopback IP address. Groups are no devices.
 */
import {
  formatIp,
  formatMac,
  isGroupMac,
  isLoopbackIp,
  isPrivateIp,
  type Mac,
  NO_MAC,
} from '../bytes/address.ts';
import { FIRST_ENTRIES, withRoom } from '../bytes/column.ts';
import { DEVICE, DEVICES, STATE } from '../hot/layout.ts';
import type { HotMemory } from '../hot/memory.ts';
import type { PacketBatch } from '../packet/batch.ts';
import type { CountedTraffic } from '../packet/counted-traffic.ts';
import { ISSUE, type IssueCounter } from '../packet/issue.ts';
import type { FlowColumns } from '../flow/columns.ts';
import type { MessageContext } from '../protocol/decoder.ts';
import type { Observation } from '../protocol/observation.ts';
import { LAYER, TCP_FLAG } from '../packet/layer.ts';
import { builtInKnowledge, type Knowledge } from '../fingerprint/knowledge.ts';
import { AddressBook, CLAIM, IS_INITIAL_TTL } from './address-book.ts';
import { AddressTable } from './address-table.ts';
import type { Device, DeviceTraffic } from './device.ts';
import { LIMIT } from './limits.ts';
import { hashMac, MacTable } from './mac-table.ts';
import { conclude, concludeRoles, listAddresses, withdrawRoles } from './conclude.ts';
import { Conversations } from './conversation.ts';
import { type DeviceLink, linkDevices } from './link.ts';
import { Learner } from './learn.ts';
import { virtualMac } from './virtual-mac.ts';

/** Recently seen (device, source address) pairs: they need no second look. */
const SEEN_BITS = 14;
const SEEN_SHIFT = 32 - SEEN_BITS;

/** Headers that are not met by chance. */
const UNDERSTOOD = LAYER.arp | LAYER.tcp | LAYER.udp | LAYER.icmp | LAYER.icmpv6 | LAYER.igmp | LAYER.sctp;
const IP = LAYER.ipv4 | LAYER.ipv6;

const SYN_OR_SYN_ACK = TCP_FLAG.syn | TCP_FLAG.ack;

export interface RegistryOptions {
  readonly maxDevices?: number;
  /** Where counters lie, if they fit. */
  readonly memory?: HotMemory;
  /** Facts that devices are recognised by; the built-in ones when absent. */
  readonly knowledge?: Knowledge;
  /** Called when a device is heard from for the first time, with its index and the packet that it sent. */
  readonly onNew?: (device: number, batch: PacketBatch, row: number) => void;
}

export class DeviceRegistry {
  /** By index, in order of first packets. */
  readonly devices: Device[] = [];
  /** Devices that are one under several MAC addresses; known after `end`. */
  links: readonly DeviceLink[] = [];
  readonly addresses: AddressBook;
  readonly issues: IssueCounter;
  readonly maxDevices: number;
  readonly knowledge: Knowledge;
  private readonly onNew: RegistryOptions['onNew'];
  /** Entries of `addresses` that were looked at for the lists of devices. */
  private addressesListed = 0;
  private hasEnded = false;
  private readonly macs = new MacTable();
  /** Devices of links without MAC addresses: entry of the address → device. */
  private readonly ips: AddressTable;
  private ipDevices = new Int32Array(FIRST_ENTRIES);
  private readonly waiting = new Float64Array(LIMIT.waiting).fill(NO_MAC);
  /** Device and TTL, and address: all of it, as which packets come by here must change no result. */
  private readonly seenOf = new Int32Array(1 << SEEN_BITS).fill(-1);
  private readonly seenFrom = new Uint32Array(4 << SEEN_BITS);
  /** Devices that sent from more addresses than are kept. */
  private readonly roomless = new Set<number>();
  /** Seconds and nanoseconds of the latest packet. */
  private readonly latest: Uint32Array = new Uint32Array(2);
  /** Devices that the packet last given to `packet` was counted for, -1 for none. */
  source = -1;
  destination = -1;

  private readonly learner: Learner;
  private readonly conversations: Conversations;

  /** Devices that there is room for in the columns. */
  private room = FIRST_ENTRIES;
  // By device index. They are replaced when devices become many (`makeRoom`): nobody may keep one.
  packetsOut = new Float64Array(FIRST_ENTRIES);
  packetsIn = new Float64Array(FIRST_ENTRIES);
  bytesOut = new Float64Array(FIRST_ENTRIES);
  bytesIn = new Float64Array(FIRST_ENTRIES);
  private lastSeconds = new Uint32Array(FIRST_ENTRIES);
  private lastNanos = new Uint32Array(FIRST_ENTRIES);

  constructor(issues: IssueCounter, options: RegistryOptions = {}) {
    const max = options.maxDevices ?? LIMIT.devices;
    this.issues = issues;
    this.maxDevices = max;
    this.knowledge = options.knowledge ?? builtInKnowledge();
    this.onNew = options.onNew;
    this.addresses = new AddressBook();
    this.learner = new Learner(this);
    this.conversations = new Conversations(this, this.learner.resolved);
    this.ips = new AddressTable(max);
    const { memory } = options;
    if (memory !== undefined && max <= DEVICES) {
      this.packetsOut = new Float64Array(memory.buffer, DEVICE.packetsOut, max);
      this.packetsIn = new Float64Array(memory.buffer, DEVICE.packetsIn, max);
      this.bytesOut = new Float64Array(memory.buffer, DEVICE.bytesOut, max);
      this.bytesIn = new Float64Array(memory.buffer, DEVICE.bytesIn, max);
      this.lastSeconds = new Uint32Array(memory.buffer, DEVICE.lastSeconds, max);
      this.lastNanos = new Uint32Array(memory.buffer, DEVICE.lastNanos, max);
      this.latest = new Uint32Array(memory.buffer, STATE.latestSeconds, 2);
    }
  }

  /** Counts row `i` for its sender and receiver. The header columns must be decoded. */
  packet(batch: PacketBatch, i: number): void {
    const sourceMac = batch.srcMac[i]!;
    const destinationMac = batch.dstMac[i]!;
    const layers = batch.layers[i]!;
    let source = -1;
    let destination = -1;
    if (sourceMac > 0 || destinationMac > 0) {
      if (sourceMac > 0) {
        source = this.macs.at(batch.srcMac, i);
        if (source < 0) source = this.admit(sourceMac, batch, i, isUnderstood(layers));
      }
      if (destinationMac > 0 && (layers & LAYER.linkGroup) === 0) {
        destination = this.macs.at(batch.dstMac, i);
        if (destination < 0) destination = this.admit(destinationMac, batch, i, isUnderstood(layers));
      }
    } else if ((layers & IP) !== 0 && isUnderstood(layers)) {
      source = this.indexOfIp(batch.srcIp, i * 4, batch, i);
      destination = this.indexOfIp(batch.dstIp, i * 4, batch, i);
    }

    this.source = source;
    this.destination = destination;
    const wireLen = batch.wireLen[i]!;
    const isLatest = this.isLatest(batch.tsSeconds[i]!, batch.tsNanos[i]!);
    if (source >= 0) {
      if (this.packetsOut[source]!++ === 0) this.onNew?.(source, batch, i);
      this.bytesOut[source]! += wireLen;
      this.see(source, isLatest, batch, i);
    }
    if (destination >= 0) {
      this.packetsIn[destination]!++;
      this.bytesIn[destination]! += wireLen;
      this.see(destination, isLatest, batch, i);
    }
    if ((layers & IP) !== 0 && batch.tunnelDepth[i] === 0) {
      this.noteAddresses(batch, i, source, destination);
      if ((batch.tcpFlags[i]! & SYN_OR_SYN_ACK) === TCP_FLAG.syn && source >= 0)
        this.learner.syn(source, batch, i);
    }
  }

  /**
   * Row `i` was last given to `packet`: packets between the same ends bring nothing but numbers, as their ends are
   * devices, or never will be.
   */
  isSettled(batch: PacketBatch, i: number): boolean {
    const { source, destination } = this;
    if (batch.srcMac[i]! <= 0 && batch.dstMac[i]! <= 0) {
      return (source >= 0 && destination >= 0) || this.devices.length < this.maxDevices;
    }
    const isToGroup = (batch.layers[i]! & LAYER.linkGroup) !== 0;
    return (source >= 0 || batch.srcMac[i]! <= 0) && (destination >= 0 || isToGroup || batch.dstMac[i]! <= 0);
  }

  /** Adds packets that a device sent and got to its traffic, the latest at this time. */
  add(device: number, traffic: DeviceTraffic, seconds: number, nanos: number): void {
    this.packetsOut[device]! += traffic.packetsOut;
    this.packetsIn[device]! += traffic.packetsIn;
    this.bytesOut[device]! += traffic.bytesOut;
    this.bytesIn[device]! += traffic.bytesIn;
    this.isLatest(seconds, nanos);
    const last = this.lastSeconds[device]!;
    if (seconds < last || (seconds === last && nanos <= this.lastNanos[device]!)) return;
    this.lastSeconds[device] = seconds;
    this.lastNanos[device] = nanos;
  }

  /** Adds packets that were counted elsewhere (row `i`) to their sender's and receiver's traffic, if they are known. */
  credit({ rows, packets, wireBytes }: CountedTraffic, i: number): void {
    const isLatest = this.isLatest(rows.tsSeconds[i]!, rows.tsNanos[i]!);
    const hasMac = rows.srcMac[i]! > 0 || rows.dstMac[i]! > 0;
    const source = hasMac ? this.indexOf(rows.srcMac[i]!) : this.indexOfAddress(rows.srcIp, i * 4);
    const destination = hasMac ? this.indexOf(rows.dstMac[i]!) : this.indexOfAddress(rows.dstIp, i * 4);
    if (source >= 0) {
      this.packetsOut[source]! += packets[i]!;
      this.bytesOut[source]! += wireBytes[i]!;
      this.see(source, isLatest, rows, i);
    }
    if (destination >= 0) {
      this.packetsIn[destination]! += packets[i]!;
      this.bytesIn[destination]! += wireBytes[i]!;
      this.see(destination, isLatest, rows, i);
    }
  }

  /** Learns from a decoded message. It vouches for its sender, whatever the headers around it say. */
  observe(observation: Observation, context: MessageContext): void {
    const { batch, index } = context;
    const mac = batch.srcMac[index]!;
    if (mac > 0 && this.macs.get(mac) < 0) {
      const sender = this.admit(mac, batch, index, true);
      if (sender >= 0) this.countSent(sender, batch, index);
    }
    this.learner.observe(observation, context);
  }

  /** Learns peers and services from a flow that ended; its columns still stand. */
  flowEnd(slot: number, flows: FlowColumns): void {
    this.conversations.flowEnd(slot, flows);
  }

  /** No more packets: fills in `addresses` and what can only be said at the end. */
  end(): void {
    this.hasEnded = true;
    this.conclude();
  }

  private conclude(): void {
    conclude(this, this.learner);
    this.links = linkDevices(this.devices, this.addresses, (device) => ({
      first: this.devices[device]!.firstSeconds,
      last: this.lastSeconds[device]!,
    }));
  }

  /**
   * Before the end: fills in `addresses` as far as is known, those first heard of since the last time or all anew.
   * Nothing else hangs on them.
   */
  listAddresses(areAllAnew: boolean): void {
    if (this.hasEnded) return;
    listAddresses(this, areAllAnew ? 0 : this.addressesListed);
    this.addressesListed = this.addresses.table.size;
  }

  /** What `use` makes of a device before the end as it would be at the end if nothing more came. */
  soFar<T>(device: Device, use: (device: Device) => T): T {
    if (this.hasEnded) return use(device);
    concludeRoles(this, this.learner, device);
    try {
      return use(device);
    } finally {
      withdrawRoles(device);
    }
  }

  /** The same for all devices; `links` stay. */
  allSoFar<T>(use: () => T): T {
    if (this.hasEnded) return use();
    this.conclude();
    try {
      return use();
    } finally {
      for (const device of this.devices) withdrawRoles(device);
    }
  }

  /** The counters lie in this memory. */
  isIn(memory: HotMemory): boolean {
    return this.packetsOut.buffer === memory.buffer;
  }

  /** Index of the device with this MAC, or -1. */
  indexOf(mac: Mac): number {
    return mac > 0 ? this.macs.get(mac) : -1;
  }

  deviceOf(mac: Mac): Device | undefined {
    return this.devices[this.indexOf(mac)];
  }

  /** Index of the device that sent row `i`, or -1. */
  senderOf(batch: PacketBatch, i: number): number {
    const mac = batch.srcMac[i]!;
    return mac > 0 ? this.macs.get(mac) : this.indexOfAddress(batch.srcIp, i * 4);
  }

  /** Index of the device that row `i` was sent to, or -1. */
  receiverOf(batch: PacketBatch, i: number): number {
    const mac = batch.dstMac[i]!;
    return mac > 0 ? this.macs.get(mac) : this.indexOfAddress(batch.dstIp, i * 4);
  }

  /** Index of a device of a link without MAC addresses, or -1. */
  private indexOfAddress(words: Uint32Array, at: number): number {
    const entry = this.ips.find(-1, words[at]!, words[at + 1]!, words[at + 2]!, words[at + 3]!);
    return entry < 0 ? -1 : this.ipDevices[entry]!;
  }

  /**
   * Index of the device that has an IP address: the one that proved it, else the one of `mac` when nothing speaks
   * against it; -1 for addresses that are not of this network.
   */
  ownerOf(words: Uint32Array, at: number, mac: Mac): number {
    const proven = this.addresses.provenOwner(words[at]!, words[at + 1]!, words[at + 2]!, words[at + 3]!);
    if (proven >= 0) return proven;
    if (mac <= 0) return this.indexOfAddress(words, at);
    const device = this.indexOf(mac);
    return device >= 0 && this.addresses.isOwn(device, words, at) ? device : -1;
  }

  /**
   * Index of the device that answers for what was sent from an IP address by `mac`: its owner, or, when a sender on
   * this link uses an address that is not its own (forged sources, decoys), that sender; -1 for addresses elsewhere.
   */
  actorOf(words: Uint32Array, at: number, mac: Mac): number {
    const owner = this.ownerOf(words, at, mac);
    const sender = this.indexOf(mac);
    if (owner >= 0) return this.borrows(sender, owner, words, at) ? sender : owner;
    if (sender < 0 || this.addresses.forwards(sender)) return -1;
    return this.addresses.cameFromElsewhere(sender, words, at) ? -1 : sender;
  }

  /**
   * `sender` itself sent from the address of `owner`, who is heard with a MAC of its own. An owner who never is may be
   * behind a repeater, which puts its MAC in place of its clients'.
   */
  private borrows(sender: number, owner: number, words: Uint32Array, at: number): boolean {
    if (sender < 0 || sender === owner || this.packetsOut[owner] === 0) return false;
    return this.addresses.sentFrom(sender, words, at) && !this.addresses.forwards(sender);
  }

  /** A device by a MAC that a message names: made if need be, because the message vouches for it. */
  vouchFor(mac: Mac, batch: PacketBatch, i: number): number {
    if (mac <= 0) return -1;
    const known = this.macs.get(mac);
    return known >= 0 ? known : this.admit(mac, batch, i, true);
  }

  /** `device` knows `address` by this name. */
  nameAddress(device: number, address: string, name: string): void {
    this.learner.resolved.set(device, address, name);
  }

  /** Name by which `device` asked for an address; '' when it did not. */
  nameOf(device: number, address: string): string {
    return this.learner.resolved.get(device, address);
  }

  traffic(device: number): DeviceTraffic {
    return {
      packetsOut: this.packetsOut[device]!,
      packetsIn: this.packetsIn[device]!,
      bytesOut: this.bytesOut[device]!,
      bytesIn: this.bytesIn[device]!,
    };
  }

  lastSeen(device: number): { seconds: number; nanos: number } {
    return { seconds: this.lastSeconds[device]!, nanos: this.lastNanos[device]! };
  }

  private countSent(device: number, batch: PacketBatch, i: number): void {
    if (this.packetsOut[device]!++ === 0) this.onNew?.(device, batch, i);
    this.bytesOut[device]! += batch.wireLen[i]!;
    this.see(device, false, batch, i);
  }

  /** No packet so far is later than this time; packets nearly always come in the order of time. */
  private isLatest(seconds: number, nanos: number): boolean {
    const { latest } = this;
    if (seconds < latest[0]! || (seconds === latest[0] && nanos < latest[1]!)) return false;
    latest[0] = seconds;
    latest[1] = nanos;
    return true;
  }

  private see(device: number, isLatest: boolean, batch: PacketBatch, i: number): void {
    const seconds = batch.tsSeconds[i]!;
    const nanos = batch.tsNanos[i]!;
    if (!isLatest) {
      const last = this.lastSeconds[device]!;
      if (seconds < last || (seconds === last && nanos <= this.lastNanos[device]!)) return;
    }
    this.lastSeconds[device] = seconds;
    this.lastNanos[device] = nanos;
  }

  /** Claims of addresses by traffic. Most packets repeat what was seen a moment ago, and end at the first test. */
  private noteAddresses(batch: PacketBatch, i: number, source: number, destination: number): void {
    const at = i * 4;
    if (destination >= 0) this.addresses.handedTo(destination, batch.dstIp, at);
    if (source < 0) return;
    const from = batch.srcIp;
    const initial = IS_INITIAL_TTL[batch.ttl[i]!]!;
    const of = source * 2 + initial;
    const high = Math.imul(from[at]! ^ (from[at + 1]! << 1) ^ from[at + 2]!, 0x9e3779b1);
    const key = (high ^ Math.imul(of, 0x27d4eb2f)) | 0;
    const slot = Math.imul(from[at + 3]! ^ key ^ (key >>> 15), 0x85ebca6b) >>> SEEN_SHIFT;
    const { addresses, seenOf, seenFrom } = this;
    const seen = slot * 4;
    // Of a flow its end tells the last time: not all of its packets come here.
    const hasFlow = (batch.layers[i]! & (LAYER.tcp | LAYER.udp)) !== 0;
    if (
      seenOf[slot] === of &&
      seenFrom[seen + 3] === from[at + 3] &&
      seenFrom[seen + 2] === from[at + 2] &&
      seenFrom[seen + 1] === from[at + 1] &&
      seenFrom[seen] === from[at]
    ) {
      if (!hasFlow) addresses.touch(source, from, at, batch.tsSeconds[i]!);
      return;
    }
    seenOf[slot] = of;
    for (let w = 0; w < 4; w++) seenFrom[seen + w] = from[at + w]!;
    const how = initial === 1 ? CLAIM.direct : CLAIM.forwarded;
    if (hasFlow && addresses.isClaimed(source, from, at, how)) return;
    const { overflow } = addresses;
    addresses.claim(source, from[at]!, from[at + 1]!, from[at + 2]!, from[at + 3]!, how, batch.tsSeconds[i]!);
    // A router stands for any number of addresses; that is no loss. Once a device: how often such a packet comes
    // here says nothing.
    if (addresses.overflow > overflow && initial === 1 && !addresses.forwards(source)) {
      const { roomless } = this;
      if (roomless.has(source)) return;
      roomless.add(source);
      this.issues.add(ISSUE['device/list-limit'], batch.packetNumber(i));
    }
  }

  /**
   * Makes a device of a MAC that is none yet; -1 for groups, beyond the bound, and for one that must be heard again:
   * because nothing in its frame was understood, or because devices are many.
   */
  private admit(mac: Mac, batch: PacketBatch, i: number, understood: boolean): number {
    if (isGroupMac(mac)) return -1;
    const count = this.devices.length;
    if (!understood || count >= this.maxDevices * LIMIT.unconfirmedShare) {
      const slot = (hashMac(mac) >>> 3) & (LIMIT.waiting - 1);
      const heardBefore = this.waiting[slot] === mac;
      this.waiting[slot] = mac;
      if (!heardBefore && !understood) return -1;
      if (!heardBefore || count >= this.maxDevices) {
        this.issues.add(ISSUE['device/limit'], batch.packetNumber(i));
        return -1;
      }
    }
    const index = this.create(formatMac(mac), mac, batch, i);
    this.macs.add(mac, index);
    if (virtualMac(mac) !== '') this.devices[index]!.roles.add('virtual-router');
    return index;
  }

  private indexOfIp(words: Uint32Array, at: number, batch: PacketBatch, i: number): number {
    const w0 = words[at]!;
    const w1 = words[at + 1]!;
    const w2 = words[at + 2]!;
    const w3 = words[at + 3]!;
    const known = this.ips.find(-1, w0, w1, w2, w3);
    if (known >= 0) return this.ipDevices[known]!;
    if (!isPrivateIp(w0, w1, w2, w3) && !isLoopbackIp(w0, w1, w2, w3)) return -1;
    if (w2 === 0xffff && (w3 & 0xff) === 0xff) return -1; // a directed broadcast, as far as can be told
    if (this.devices.length >= this.maxDevices) {
      this.issues.add(ISSUE['device/limit'], batch.packetNumber(i));
      return -1;
    }
    const index = this.create(`ip:${formatIp(w0, w1, w2, w3)}`, NO_MAC, batch, i);
    this.ipDevices[this.ips.add(-1, w0, w1, w2, w3)] = index;
    this.addresses.claim(index, w0, w1, w2, w3, CLAIM.direct, batch.tsSeconds[i]!);
    return index;
  }

  private create(id: string, mac: Mac, batch: PacketBatch, i: number): number {
    const index = this.devices.length;
    if (index >= this.room) this.makeRoom();
    this.devices.push({
      index,
      id,
      mac,
      addresses: new Map(),
      names: new Map(),
      services: new Map(),
      domains: new Map(),
      peers: new Map(),
      evidence: new Map(),
      fingerprints: new Map(),
      roles: new Set(),
      firstPacket: batch.packetNumber(i),
      firstSeconds: batch.tsSeconds[i]!,
      firstNanos: batch.tsNanos[i]!,
    });
    return index;
  }

  private makeRoom(): void {
    this.room *= 2;
    const devices = Math.min(this.room, this.maxDevices);
    this.packetsOut = withRoom(this.packetsOut, devices);
    this.packetsIn = withRoom(this.packetsIn, devices);
    this.bytesOut = withRoom(this.bytesOut, devices);
    this.bytesIn = withRoom(this.bytesIn, devices);
    this.lastSeconds = withRoom(this.lastSeconds, devices);
    this.lastNanos = withRoom(this.lastNanos, devices);
    this.ipDevices = withRoom(this.ipDevices, devices);
    this.addresses.makeRoom(devices);
    this.conversations.makeRoom(devices);
  }
}

/** Something above the link layer was decoded whole; where the snaplen ends before a transport header, IP is enough. */
function isUnderstood(layers: number): boolean {
  if ((layers & LAYER.malformed) !== 0) return false;
  return (layers & UNDERSTOOD) !== 0 || ((layers & IP) !== 0 && (layers & LAYER.cut) !== 0);
}
