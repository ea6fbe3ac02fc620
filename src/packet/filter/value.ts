/** Arithmetic of relations: 32-bit unsigned, over constants, the packet's length and its bytes. */
import { u16, u32 } from '../../bytes/endian.ts';
import type { PacketBatch } from '../batch.ts';
import { LAYER } from '../layer.ts';
import type { PacketPredicate } from './predicate.ts';

/** A value from 0 to 2^32-1, or -1: not there (no such header, past the captured bytes, division by zero). */
export type PacketValue = (batch: PacketBatch, index: number) => number;

export type ByteBase =
  'ether' | 'ip' | 'ip6' | 'arp' | 'rarp' | 'tcp' | 'udp' | 'icmp' | 'icmp6' | 'igmp' | 'sctp';

const ABSENT = -1;

/** Offset at which a header starts in `batch.bytes`, or -1. */
const BASES: Readonly<Record<ByteBase, PacketValue>> = {
  ether: (batch, i) => batch.frameOffset[i]!,
  ip: networkBase(LAYER.ipv4),
  ip6: networkBase(LAYER.ipv6),
  arp: arpBase(0x0806),
  rarp: arpBase(0x8035),
  tcp: transportBase(LAYER.tcp),
  udp: transportBase(LAYER.udp),
  icmp: transportBase(LAYER.icmp),
  icmp6: transportBase(LAYER.icmpv6),
  igmp: transportBase(LAYER.igmp),
  sctp: transportBase(LAYER.sctp),
};

function networkBase(layer: number): PacketValue {
  return (batch, i) => (batch.layers[i]! & layer ? batch.netOffset[i]! : ABSENT);
}

function arpBase(type: number): PacketValue {
  return (batch, i) =>
    batch.layers[i]! & LAYER.arp && batch.etherType[i] === type ? batch.netOffset[i]! : ABSENT;
}

function transportBase(layer: number): PacketValue {
  return (batch, i) => (batch.layers[i]! & layer ? batch.transportOffset[i]! : ABSENT);
}

export function isByteBase(name: string): name is ByteBase {
  return Object.hasOwn(BASES, name);
}

export const packetLength: PacketValue = (batch, i) => batch.wireLen[i]!;

export function constant(value: number): PacketValue {
  return () => value;
}

/** `base[offset:size]`; size is 1, 2 or 4. */
export function bytesAt(base: ByteBase, offset: PacketValue, size: number): PacketValue {
  const start = BASES[base];
  return (batch, i) => {
    const from = start(batch, i);
    const by = offset(batch, i);
    if (from < 0 || by < 0) return ABSENT;
    const at = from + by;
    if (at + size > batch.frameOffset[i]! + batch.capLen[i]!) return ABSENT;
    return size === 1 ? batch.bytes[at]! : size === 2 ? u16(batch.bytes, at) : u32(batch.bytes, at);
  };
}

type Arithmetic = (a: number, b: number) => number;

export const ARITHMETIC: Readonly<Record<string, Arithmetic>> = {
  '+': (a, b) => (a + b) >>> 0,
  '-': (a, b) => (a - b) >>> 0,
  '*': (a, b) => Math.imul(a, b) >>> 0,
  '/': (a, b) => (b === 0 ? ABSENT : Math.floor(a / b)),
  '%': (a, b) => (b === 0 ? ABSENT : a % b),
  '&': (a, b) => (a & b) >>> 0,
  '|': (a, b) => (a | b) >>> 0,
  '^': (a, b) => (a ^ b) >>> 0,
  '<<': (a, b) => (b > 31 ? 0 : (a << b) >>> 0),
  '>>': (a, b) => (b > 31 ? 0 : a >>> b),
};

export const RELATIONS: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '=': (a, b) => a === b,
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '>': (a, b) => a > b,
  '<=': (a, b) => a <= b,
  '>=': (a, b) => a >= b,
};

export function combine(apply: Arithmetic, left: PacketValue, right: PacketValue): PacketValue {
  return (batch, i) => {
    const a = left(batch, i);
    const b = right(batch, i);
    return a < 0 || b < 0 ? ABSENT : apply(a, b);
  };
}

/** A relation with something that is not there does not hold, whatever it asks. */
export function compare(
  holds: (a: number, b: number) => boolean,
  left: PacketValue,
  right: PacketValue,
): PacketPredicate {
  return (batch, i) => {
    const a = left(batch, i);
    const b = right(batch, i);
    return a >= 0 && b >= 0 && holds(a, b);
  };
}
