import { NO_MAC } from '../bytes/address.ts';
import { type PacketBatch, NO_VLAN } from './batch.ts';
import { type IssueCode, type IssueCounter, ISSUE } from './issue.ts';
import { LAYER } from './layer.ts';

/**
 * Which number space names the next header. A header decoder leaves the number in `walk.selector` and returns the
 * space, so no decoder needs to know another: the one table (`encapsulation.ts`) leads from number to decoder.
 */
export const NEXT = {
  done: 0,
  linkType: 1,
  etherType: 2,
  ipProtocol: 3,
  udpPort: 4,
  /** IEEE 802.2 LLC; the selector is not used. */
  llc: 5,
} as const;
export type Next = (typeof NEXT)[keyof typeof NEXT];

/** Decodes one header at `walk.offset`, writes its columns and advances; must not read at or past `walk.capEnd`. */
export type HeaderDecoder = (walk: Walk) => Next;

/** VLAN, service and backbone tags in one frame. */
export const MAX_VLAN_TAGS = 8;
/** Tunnels inside each other. */
export const MAX_TUNNEL_DEPTH = 8;
/** Headers of every kind in one frame, the bound of the walk. */
export const MAX_HEADERS = 48;

const NETWORK_AND_TRANSPORT =
  LAYER.arp |
  LAYER.ipv4 |
  LAYER.ipv6 |
  LAYER.tcp |
  LAYER.udp |
  LAYER.icmp |
  LAYER.icmpv6 |
  LAYER.igmp |
  LAYER.sctp |
  LAYER.fragment |
  LAYER.laterFragment |
  LAYER.otherEtherType |
  LAYER.llc;

/**
 * The walk from header to header through one frame. One object is reused for all frames. Offsets are absolute within
 * `bytes`. Two ends are kept apart: `end` is where the enclosing headers say that the data ends, `capEnd` where the
 * captured bytes end. Data missing before `end` is the snaplen's doing and is no issue; data missing past `end` is a
 * lie of some header and is one.
 */
export class Walk {
  batch!: PacketBatch;
  issues!: IssueCounter;
  bytes: Uint8Array = new Uint8Array(0);
  row = 0;
  frame = 0;
  offset = 0;
  end = 0;
  capEnd = 0;
  layers = 0;
  selector = 0;
  vlanTags = 0;
  tunnelDepth = 0;

  begin(batch: PacketBatch, row: number, issues: IssueCounter): void {
    this.batch = batch;
    this.issues = issues;
    this.bytes = batch.bytes;
    this.row = row;
    this.frame = batch.frameOffset[row]!;
    this.offset = this.frame;
    this.end = this.frame + batch.wireLen[row]!;
    this.capEnd = this.frame + batch.capLen[row]!;
    this.layers = 0;
    this.vlanTags = 0;
    this.tunnelDepth = 0;
  }

  /** True when `length` bytes at `offset` are there; otherwise says why not: `issue`, or cut by the snaplen. */
  has(length: number, issue: IssueCode): boolean {
    return this.hasAt(this.offset, length, issue);
  }

  hasAt(at: number, length: number, issue: IssueCode): boolean {
    const stop = at + length;
    if (stop > this.end) {
      this.fail(issue, at, length, Math.max(0, this.end - at));
      return false;
    }
    if (stop > this.capEnd) {
      this.layers |= LAYER.cut;
      return false;
    }
    return true;
  }

  /** True when `length` bytes at `at` are there, without a word when they are not: for looking ahead. */
  holds(at: number, length: number): boolean {
    const stop = at + length;
    return stop <= this.end && stop <= this.capEnd;
  }

  /** Counts an issue that makes the packet malformed from here on. */
  fail(issue: IssueCode, at: number, needed = 0, available = 0): void {
    this.layers |= LAYER.malformed;
    this.note(issue, at, needed, available);
  }

  /** Counts an issue that says nothing about the packet's correctness. */
  note(issue: IssueCode, at: number, needed = 0, available = 0): void {
    this.issues.add(issue, this.batch.firstPacketNumber + this.row, at - this.frame, needed, available);
  }

  next(space: Next, selector: number): Next {
    this.selector = selector;
    return space;
  }

  /** The next header is that of an EtherType, which is noted as the link layer's. */
  nextEtherType(type: number): Next {
    this.batch.etherType[this.row] = type;
    return this.next(NEXT.etherType, type);
  }

  /** As the type field of Ethernet: an EtherType from 1536 up, an 802.3 length up to 1500. */
  nextTypeOrLength(value: number): Next {
    if (value > 1500) return this.nextEtherType(value);
    this.batch.etherType[this.row] = value;
    const end = this.offset + value;
    if (end > this.end) this.note(ISSUE['link/length-mismatch'], this.offset, value, this.end - this.offset);
    else this.end = end;
    return NEXT.llc;
  }

  /** What is left from `offset` to `end` is the payload of the frame. */
  payload(): typeof NEXT.done {
    return this.payloadAt(this.offset);
  }

  payloadAt(at: number): typeof NEXT.done {
    const { batch, row } = this;
    const claimed = this.end > at ? this.end - at : 0;
    const captured = this.capEnd > at ? this.capEnd - at : 0;
    if (captured < claimed || at > this.capEnd) this.layers |= LAYER.cut;
    batch.payloadOffset[row] = at < this.capEnd ? at : this.capEnd;
    batch.payloadLen[row] = claimed;
    batch.payloadCapLen[row] = captured < claimed ? captured : claimed;
    return NEXT.done;
  }

  setMacs(src: number, dst: number): void {
    this.batch.srcMac[this.row] = src;
    this.batch.dstMac[this.row] = dst;
    if (dst !== NO_MAC && Math.floor(dst / 0x100_0000_0000) & 1) this.layers |= LAYER.linkGroup;
    else this.layers &= ~LAYER.linkGroup;
  }

  /** Records a tag; false when there are more than the bound. */
  addVlan(id: number): boolean {
    if (++this.vlanTags > MAX_VLAN_TAGS) {
      this.fail(ISSUE['link/vlan-depth'], this.offset);
      return false;
    }
    this.layers |= LAYER.vlan;
    const { batch, row } = this;
    if (batch.vlanId[row] === NO_VLAN) batch.vlanId[row] = id;
    else if (batch.innerVlanId[row] === NO_VLAN) batch.innerVlanId[row] = id;
    return true;
  }

  /**
   * Steps into a tunnel: what the outer network and transport headers wrote is forgotten, except that the outermost
   * network header can be found again at `outerNetOffset`. False when the bound is reached or the packet is a
   * fragment, whose inside is not whole; the outer headers then stand.
   */
  enterTunnel(): boolean {
    if (this.layers & LAYER.fragment) return false;
    if (this.tunnelDepth >= MAX_TUNNEL_DEPTH) {
      this.note(ISSUE['tunnel/depth'], this.offset);
      return false;
    }
    const { batch, row } = this;
    if (this.tunnelDepth++ === 0) batch.outerNetOffset[row] = batch.netOffset[row]!;
    batch.tunnelDepth[row] = this.tunnelDepth;
    this.layers = (this.layers & ~NETWORK_AND_TRANSPORT) | LAYER.tunnel;
    this.forgetNetwork();
    return true;
  }

  private forgetNetwork(): void {
    const { batch, row } = this;
    batch.etherType[row] = 0;
    batch.netOffset[row] = 0;
    batch.srcIp.fill(0, row * 4, row * 4 + 4);
    batch.dstIp.fill(0, row * 4, row * 4 + 4);
    batch.ipLen[row] = 0;
    batch.ttl[row] = 0;
    batch.ipProtocol[row] = 0;
    batch.srcPort[row] = 0;
    batch.dstPort[row] = 0;
    batch.transportOffset[row] = 0;
    batch.payloadOffset[row] = 0;
    batch.payloadLen[row] = 0;
    batch.payloadCapLen[row] = 0;
  }
}
