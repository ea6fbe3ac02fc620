import { formatIpAt, isGroupIp, isUnspecifiedIp } from '../bytes/address.ts';
import { FIRST_ENTRIES, withRoom } from '../bytes/column.ts';
import { IP_PROTOCOL, TCP_FLAG } from '../packet/layer.ts';
import { ISSUE } from '../packet/issue.ts';
import type { FlowColumns } from '../flow/columns.ts';
import { AddressTable } from './address-table.ts';
import type { DevicePeer } from './device.ts';
import { keepService } from './keep.ts';
import { LIMIT } from './limits.ts';
import type { DeviceRegistry } from './registry.ts';
import type { ResolvedNames } from './resolved-names.ts';

/** UDP ports below this are services when they answer; above it, only when a protocol was recognised. */
const REGISTERED_UDP = 1024;

/** Learns from flows that ended: peers, and services that answered. */
export class Conversations {
  private readonly registry: DeviceRegistry;
  private readonly resolved: ResolvedNames;
  /** (device, address of the peer) → index into `peers`. */
  private readonly table = new AddressTable(LIMIT.peers);
  private readonly peers: DevicePeer[] = [];
  /** Protocol and port of the last flow, by the same: most flows go to the same port as the last. */
  private lastPorts = new Uint32Array(64);
  private silent = new Uint16Array(FIRST_ENTRIES);
  /** Services that are in their device's list: device, transport and port in one number. */
  private readonly served = new Set<number>();

  constructor(registry: DeviceRegistry, resolved: ResolvedNames) {
    this.registry = registry;
    this.resolved = resolved;
  }

  /** To be called before a flow of a device beyond `FIRST_ENTRIES` ends. */
  makeRoom(devices: number): void {
    this.silent = withRoom(this.silent, devices);
  }

  flowEnd(slot: number, flows: FlowColumns): void {
    const { registry } = this;
    const at = slot * 4;
    const orig = flows.origIp;
    const resp = flows.respIp;
    const seconds = flows.lastSeconds[slot]!;
    const from = registry.ownerOf(orig, at, flows.origMac[slot]!);
    const to = isGroup(resp, at) ? -1 : registry.ownerOf(resp, at, flows.respMac[slot]!);
    const answered = flows.respPackets[slot]! > 0;
    if (from >= 0) {
      registry.addresses.touch(from, orig, at, seconds);
      if (!isGroup(resp, at)) {
        this.count(
          from,
          to,
          resp,
          at,
          slot,
          flows,
          flows.origIpBytes[slot]!,
          flows.respIpBytes[slot]!,
          answered,
        );
      }
    }
    if (to >= 0) {
      registry.addresses.touch(to, resp, at, seconds);
      if (!isUnspecifiedIp(orig[at]!, orig[at + 1]!, orig[at + 2]!, orig[at + 3]!)) {
        this.count(
          to,
          from,
          orig,
          at,
          slot,
          flows,
          flows.respIpBytes[slot]!,
          flows.origIpBytes[slot]!,
          answered,
        );
      }
      if (answered) this.service(to, slot, flows);
    }
  }

  private count(
    device: number,
    peerDevice: number,
    words: Uint32Array,
    at: number,
    slot: number,
    flows: FlowColumns,
    bytesOut: number,
    bytesIn: number,
    answered: boolean,
  ): void {
    let entry = this.table.find(device, words[at]!, words[at + 1]!, words[at + 2]!, words[at + 3]!);
    if (entry < 0) {
      entry = this.meet(device, peerDevice, words, at, slot, flows, answered);
      if (entry < 0) return;
    }
    const peer = this.peers[entry]!;
    peer.flows++;
    peer.bytesOut += bytesOut;
    peer.bytesIn += bytesIn;
    const protocol = flows.ipProtocol[slot]!;
    const port = protocol * PORTS + flows.respPort[slot]!;
    if (this.lastPorts[entry] === port) return;
    this.lastPorts[entry] = port;
    if (peer.ports.size < LIMIT.portsPerPeer) {
      const name = portName(protocol, flows.respPort[slot]!);
      if (name !== '') peer.ports.add(name);
    }
  }

  /** Entry of a new peer; -1 when there is no room for it. */
  private meet(
    device: number,
    peerDevice: number,
    words: Uint32Array,
    at: number,
    slot: number,
    flows: FlowColumns,
    answered: boolean,
  ): number {
    const { peers } = this.registry.devices[device]!;
    const silentFull = !answered && this.silent[device]! >= LIMIT.silentPeersPerDevice;
    const entry =
      silentFull || peers.size >= LIMIT.peersPerDevice
        ? -1
        : this.table.add(device, words[at]!, words[at + 1]!, words[at + 2]!, words[at + 3]!);
    if (entry < 0) {
      this.registry.issues.add(ISSUE['device/list-limit'], flows.firstPacket[slot]!);
      return -1;
    }
    if (!answered) this.silent[device]!++;
    const address = formatIpAt(words, at);
    const peer: DevicePeer = {
      peer: peerDevice >= 0 ? this.registry.devices[peerDevice]!.id : address,
      name: this.resolved.get(device, address),
      flows: 0,
      bytesOut: 0,
      bytesIn: 0,
      ports: new Set(),
    };
    this.peers.push(peer);
    if (entry >= this.lastPorts.length) this.lastPorts = wider(this.lastPorts);
    // Two addresses of one local device are one peer of the list, under its id.
    const listed = peers.get(peer.peer);
    if (listed !== undefined) {
      this.peers[entry] = listed;
      return entry;
    }
    peers.set(peer.peer, peer);
    return entry;
  }

  /** A service is what answers: a SYN with a SYN-ACK, a datagram with a datagram. */
  private service(device: number, slot: number, flows: FlowColumns): void {
    const protocol = flows.ipProtocol[slot]!;
    const port = flows.respPort[slot]!;
    const accepted =
      protocol === IP_PROTOCOL.tcp
        ? (flows.respTcpFlags[slot]! & (TCP_FLAG.syn | TCP_FLAG.ack)) === (TCP_FLAG.syn | TCP_FLAG.ack)
        : protocol === IP_PROTOCOL.udp && flows.origPackets[slot]! > 0 && port < REGISTERED_UDP;
    if (!accepted) return;
    const transport = protocol === IP_PROTOCOL.tcp ? 'tcp' : 'udp';
    const known = (device * 2 + (transport === 'tcp' ? 0 : 1)) * PORTS + port;
    if (this.served.has(known)) return;
    if (keepService(this.registry.devices[device]!, portName(protocol, port), port, transport, 'flow')) {
      this.served.add(known);
    } else this.registry.issues.add(ISSUE['device/list-limit'], flows.firstPacket[slot]!);
  }
}

const PORTS = 65_536;
/** Names of ports that were asked for, so that each is one text: flows end all the time. */
const tcpNames = new Array<string | undefined>(PORTS);
const udpNames = new Array<string | undefined>(PORTS);

/** `tcp/443`; '' for protocols without ports. */
function portName(protocol: number, port: number): string {
  if (protocol === IP_PROTOCOL.tcp) return (tcpNames[port] ??= `tcp/${port}`);
  if (protocol === IP_PROTOCOL.udp) return (udpNames[port] ??= `udp/${port}`);
  if (protocol === IP_PROTOCOL.icmp || protocol === IP_PROTOCOL.icmpv6) return 'icmp';
  return '';
}

function wider(from: Uint32Array): Uint32Array<ArrayBuffer> {
  const to = new Uint32Array(from.length * 2);
  to.set(from);
  return to;
}

function isGroup(words: Uint32Array, at: number): boolean {
  const w3 = words[at + 3]!;
  // A directed broadcast looks like a host; .255 of any prefix is far more often the former.
  return (
    isGroupIp(words[at]!, words[at + 1]!, words[at + 2]!, w3) ||
    (words[at + 2] === 0xffff && (w3 & 0xff) === 0xff)
  );
}
