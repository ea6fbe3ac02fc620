import { HISTORY_WORDS } from './history.ts';

/**
 * The columns of the flow table: row `slot` belongs to the flow in that slot while it is active. A slot is reused
 * after its flow ended. The arrays are replaced when the table grows: read them through the table each time and
 * never keep one across packets. `orig` is the originator, `resp` the responder.
 */
export class FlowColumns {
  capacity = 0;
  /** Running number of the flow, from 0, in order of first packets (modulo 2^32): stable identity within a run. */
  id = new Uint32Array(0);
  /** Four words per slot, like the batch's. */
  origIp = new Uint32Array(0);
  respIp = new Uint32Array(0);
  /** For ICMP: the type that the originator sent, and its counterpart (or the code of a one-way type). */
  origPort = new Uint16Array(0);
  respPort = new Uint16Array(0);
  ipProtocol = new Uint8Array(0);
  /** MACs of the first packet, source and destination, as seen from the originator; NO_MAC without a link layer. */
  origMac = new Float64Array(0);
  respMac = new Float64Array(0);
  firstSeconds = new Uint32Array(0);
  firstNanos = new Uint32Array(0);
  /** Last packet that counts for the duration: what follows a complete close does not (Zeek's rule). */
  lastSeconds = new Uint32Array(0);
  lastNanos = new Uint32Array(0);
  origPackets = new Uint32Array(0);
  respPackets = new Uint32Array(0);
  /** Sums of IP lengths. */
  origIpBytes = new Float64Array(0);
  respIpBytes = new Float64Array(0);
  /** TCP flags seen, OR-ed, per direction. */
  origTcpFlags = new Uint8Array(0);
  respTcpFlags = new Uint8Array(0);
  /** 1-based number of the first packet. */
  firstPacket = new Float64Array(0);
  /** Index into the decoder list of the protocol recognised from content, +1; 0 when none. */
  service = new Uint8Array(0);
  /** Tunnel headers around the first packet. */
  tunnelDepth = new Uint8Array(0);
  /** Packet time at which the flow ends whatever happens (attempt given up, closed), in seconds; Infinity without. */
  protected timerAt = new Float64Array(0);
  protected hash = new Int32Array(0);
  protected historyLetters = new Uint32Array(0);

  /** Widens every column to `capacity` slots. */
  protected widen(capacity: number): void {
    this.capacity = capacity;
    this.id = wider(this.id, new Uint32Array(capacity));
    this.origIp = wider(this.origIp, new Uint32Array(capacity * 4));
    this.respIp = wider(this.respIp, new Uint32Array(capacity * 4));
    this.origPort = wider(this.origPort, new Uint16Array(capacity));
    this.respPort = wider(this.respPort, new Uint16Array(capacity));
    this.ipProtocol = wider(this.ipProtocol, new Uint8Array(capacity));
    this.origMac = wider(this.origMac, new Float64Array(capacity));
    this.respMac = wider(this.respMac, new Float64Array(capacity));
    this.firstSeconds = wider(this.firstSeconds, new Uint32Array(capacity));
    this.firstNanos = wider(this.firstNanos, new Uint32Array(capacity));
    this.lastSeconds = wider(this.lastSeconds, new Uint32Array(capacity));
    this.lastNanos = wider(this.lastNanos, new Uint32Array(capacity));
    this.origPackets = wider(this.origPackets, new Uint32Array(capacity));
    this.respPackets = wider(this.respPackets, new Uint32Array(capacity));
    this.origIpBytes = wider(this.origIpBytes, new Float64Array(capacity));
    this.respIpBytes = wider(this.respIpBytes, new Float64Array(capacity));
    this.origTcpFlags = wider(this.origTcpFlags, new Uint8Array(capacity));
    this.respTcpFlags = wider(this.respTcpFlags, new Uint8Array(capacity));
    this.firstPacket = wider(this.firstPacket, new Float64Array(capacity));
    this.service = wider(this.service, new Uint8Array(capacity));
    this.tunnelDepth = wider(this.tunnelDepth, new Uint8Array(capacity));
    this.timerAt = wider(this.timerAt, new Float64Array(capacity));
    this.hash = wider(this.hash, new Int32Array(capacity));
    this.historyLetters = wider(this.historyLetters, new Uint32Array(capacity * HISTORY_WORDS));
  }
}

/** Copies an array into the start of a larger one. */
export function wider<T extends { set(from: T): void }>(from: T, into: T): T {
  into.set(from);
  return into;
}
