/**
 * The user's side of bpf/offload.h: which packets are always copied, and how the counts of the others leave the kernel.
 * No count is lost: the map of counters in use is replaced, the system call waits for programs that still use it, and
 * only then it is read and emptied.
 */
import { CountedTraffic } from '../../../packet/counted-traffic.ts';
import { IS_TUNNEL_PORT } from '../../../packet/encapsulation.ts';
import { IP_PROTOCOL, LAYER } from '../../../packet/layer.ts';
import { type Libbpf, requireOk } from './libbpf.ts';
import { ERRNO } from './libc.ts';
import type { BootClock } from './boot-clock.ts';

/** Names, addresses, time and announcements: every packet says something about a device. */
const DISCOVERY_PORTS = [
  53, 67, 68, 69, 123, 137, 138, 161, 162, 427, 500, 514, 546, 547, 1900, 3478, 3702, 4500, 5350, 5351, 5353,
  5355, 5683, 6666, 6667, 9999, 10_001, 56_700,
];

/** `struct flow` and `struct counter`. */
const KEY_BYTES = 56;
const COUNTER_BYTES = 48;
const MAX_PER_CALL = 4096;

export interface OffloadMaps {
  readonly activeFd: number;
  /** The two maps of counters; the first one is in use when the object is loaded. */
  readonly counterFds: readonly [number, number];
  readonly portsFd: number;
}

export class OffloadCounters {
  readonly #bpf: Libbpf;
  readonly #maps: OffloadMaps;
  readonly #keys = Buffer.alloc(MAX_PER_CALL * KEY_BYTES);
  readonly #counters = Buffer.alloc(MAX_PER_CALL * COUNTER_BYTES);
  readonly #key = Buffer.alloc(4);
  readonly #fd = Buffer.alloc(4);
  #current: 0 | 1 = 0;
  /** Kernels before 5.6 hand entries over one by one. */
  #hasBatches: boolean;

  constructor(bpf: Libbpf, maps: OffloadMaps, hasBatches = true) {
    this.#bpf = bpf;
    this.#maps = maps;
    this.#hasBatches = hasBatches;
    const one = Buffer.alloc(8);
    one.writeUInt8(1);
    const key = Buffer.alloc(4);
    for (let port = 0; port < IS_TUNNEL_PORT.length; port++) {
      if (IS_TUNNEL_PORT[port] === 0 && !DISCOVERY_PORTS.includes(port)) continue;
      key.writeUInt32LE(port);
      requireOk('copied ports', bpf.bpf_map_update_elem(maps.portsFd, key, one, 0));
    }
  }

  /** What was counted since the last call; null when nothing was. `idOf` gives the interface's number. */
  take(clock: BootClock, idOf: (ifindex: number) => number): CountedTraffic | null {
    const full = this.#current;
    this.#current = full === 0 ? 1 : 0;
    this.#fd.writeInt32LE(this.#maps.counterFds[this.#current]);
    requireOk('counters', this.#bpf.bpf_map_update_elem(this.#maps.activeFd, this.#key, this.#fd, 0));
    const chunks = this.#empty(this.#maps.counterFds[full]);
    const count = chunks.reduce((sum, { entries }) => sum + entries, 0);
    if (count === 0) return null;
    const traffic = new CountedTraffic(count);
    for (const { keys, counters, entries } of chunks) {
      for (let n = 0; n < entries; n++) {
        addRow(traffic, keys.subarray(n * KEY_BYTES), counters.subarray(n * COUNTER_BYTES), clock, idOf);
      }
    }
    return traffic;
  }

  #empty(fd: number): Chunk[] {
    const chunks: Chunk[] = [];
    const position = Buffer.alloc(8);
    const count = Buffer.alloc(4);
    for (let isFirst = true; this.#hasBatches; isFirst = false) {
      count.writeUInt32LE(MAX_PER_CALL);
      const result = Number(
        this.#bpf.bpf_map_lookup_and_delete_batch(
          fd,
          isFirst ? null : position,
          position,
          this.#keys,
          this.#counters,
          count,
          null,
        ),
      );
      if (result === -ERRNO.EINVAL && isFirst) {
        this.#hasBatches = false;
        break;
      }
      if (result !== -ERRNO.ENOENT) requireOk('reading counters', result);
      this.#keep(chunks, count.readUInt32LE());
      if (result !== 0) return chunks;
    }
    return this.#emptyOneByOne(fd, chunks);
  }

  #emptyOneByOne(fd: number, chunks: Chunk[]): Chunk[] {
    const bpf = this.#bpf;
    for (;;) {
      let entries = 0;
      while (entries < MAX_PER_CALL) {
        const key = this.#keys.subarray(entries * KEY_BYTES, (entries + 1) * KEY_BYTES);
        const counter = this.#counters.subarray(entries * COUNTER_BYTES, (entries + 1) * COUNTER_BYTES);
        const next = Number(bpf.bpf_map_get_next_key(fd, null, key));
        if (next === -ERRNO.ENOENT) break;
        requireOk('reading counters', next);
        requireOk('reading counters', bpf.bpf_map_lookup_elem(fd, key, counter));
        requireOk('emptying counters', bpf.bpf_map_delete_elem(fd, key));
        entries++;
      }
      this.#keep(chunks, entries);
      if (entries < MAX_PER_CALL) return chunks;
    }
  }

  #keep(chunks: Chunk[], entries: number): void {
    if (entries === 0) return;
    chunks.push({
      keys: Buffer.from(this.#keys.subarray(0, entries * KEY_BYTES)),
      counters: Buffer.from(this.#counters.subarray(0, entries * COUNTER_BYTES)),
      entries,
    });
  }
}

interface Chunk {
  readonly keys: Buffer;
  readonly counters: Buffer;
  readonly entries: number;
}

function addRow(
  traffic: CountedTraffic,
  key: Buffer,
  counter: Buffer,
  clock: BootClock,
  idOf: (ifindex: number) => number,
): void {
  const { rows } = traffic;
  const i = rows.count++;
  for (let word = 0; word < 4; word++) {
    rows.srcIp[i * 4 + word] = key.readUInt32BE(word * 4);
    rows.dstIp[i * 4 + word] = key.readUInt32BE(16 + word * 4);
  }
  rows.dstMac[i] = key.readUIntBE(32, 6);
  rows.srcMac[i] = key.readUIntBE(38, 6);
  rows.srcPort[i] = key.readUInt16BE(44);
  rows.dstPort[i] = key.readUInt16BE(46);
  rows.interfaceId[i] = idOf(key.readUInt32LE(48));
  const protocol = key.readUInt8(52);
  rows.ipProtocol[i] = protocol;
  // `::ffff:a.b.c.d` on the wire is IPv6, and is told from IPv4 by nothing else in the key than this.
  const isV4 = key.readUInt8(54) === 4;
  rows.layers[i] =
    LAYER.ethernet |
    (isV4 ? LAYER.ipv4 : LAYER.ipv6) |
    (protocol === IP_PROTOCOL.tcp ? LAYER.tcp : LAYER.udp);
  rows.tcpSeq[i] = counter.readUInt32LE(40);
  rows.tcpFlags[i] = counter.readUInt32LE(44);
  clock.write(counter.readUInt32LE(32), counter.readUInt32LE(36), rows.tsSeconds, rows.tsNanos, i);
  traffic.packets[i] = Number(counter.readBigUInt64LE(0));
  traffic.wireBytes[i] = Number(counter.readBigUInt64LE(8));
  traffic.ipBytes[i] = Number(counter.readBigUInt64LE(16));
  traffic.payloadBytes[i] = Number(counter.readBigUInt64LE(24));
}
