/**
 * The first packet of a TCP connection shows the stack that made it: which options in which order, how large a window.
 * The signature is `ttl:window:options:mss:scale`, e.g. `64:64240:MSTNW:1460:7`, where the letters are the options as
 * they come: M maximum segment size, S selective acknowledgement, T timestamps, N no-operation, W window scale, E end
 * of list, `?` any other. A value whose option is absent is `-`. Only packets with a start value in TTL are taken: one
 * that was forwarded was made by somebody else than the sender on this link.
 *
 * RFC 9293 section 3.2, RFC 7323, RFC 2018. Sequence number, DF and ECN are ignored on purpose: they vary too much.
 */
import type { PacketBatch } from '../packet/batch.ts';
import { LAYER, TCP_FLAG } from '../packet/layer.ts';

/** Pairs of sender and signature that were seen, as hashes. A pair that is pushed out is reported again: harmless. */
const SEEN_BITS = 12;
/** A TCP header has room for no more. */
const MAX_OPTIONS = 40;

const LETTERS = ['E', 'N', 'M', 'W', 'S', '?', '?', '?', 'T'] as const;

export class SynFingerprints {
  private readonly seen = new Int32Array(1 << SEEN_BITS);

  /** The signature of row `i` when its sender has not shown it a moment ago; '' else, and for all other packets. */
  signature(batch: PacketBatch, i: number): string {
    if ((batch.tcpFlags[i]! & (TCP_FLAG.syn | TCP_FLAG.ack)) !== TCP_FLAG.syn) return '';
    const layers = batch.layers[i]!;
    if ((layers & LAYER.tcp) === 0 || (layers & (LAYER.tunnel | LAYER.malformed)) !== 0) return '';
    if (!isInitialTtl(batch.ttl[i]!)) return '';
    const mac = batch.srcMac[i]!;
    const hash = hashOf(batch, i, mac);
    const slot = hash >>> (32 - SEEN_BITS);
    if (this.seen[slot] === hash) return '';
    this.seen[slot] = hash;
    return formatSyn(batch, i);
  }
}

function isInitialTtl(ttl: number): boolean {
  return ttl === 64 || ttl === 128 || ttl === 255 || ttl === 32;
}

/** Never 0, which is the mark of an empty slot. Timestamps differ in every packet and stay out. */
function hashOf(batch: PacketBatch, i: number, mac: number): number {
  let hash = Math.imul((mac % 0x1_0000_0000) | 0, 0x9e3779b1) ^ (mac / 0x1_0000_0000);
  hash = Math.imul(hash ^ (batch.tcpWindow[i]! << 8) ^ batch.ttl[i]!, 0x85ebca6b);
  const start = batch.transportOffset[i]! + 20;
  const end = batch.payloadOffset[i]!;
  for (let at = start; at < end;) {
    const kind = batch.bytes[at]!;
    hash = Math.imul(hash ^ kind ^ (hash >>> 15), 0xc2b2ae35);
    if (kind === 1) at++;
    else if (kind === 0) break;
    else {
      const length = at + 1 < end ? batch.bytes[at + 1]! : 0;
      if (length < 2) break;
      if (kind === 2 || kind === 3) hash = Math.imul(hash ^ batch.bytes[at + length - 1]!, 0x27d4eb2f);
      at += length;
    }
  }
  return (hash ^ (hash >>> 13)) | 1;
}

/** The signature of a TCP packet whose header was captured whole; '' when its options run over their end. */
export function formatSyn(batch: PacketBatch, i: number): string {
  const { bytes } = batch;
  const end = batch.payloadOffset[i]!;
  let at = batch.transportOffset[i]! + 20;
  let layout = '';
  let mss = '-';
  let scale = '-';
  for (let count = 0; at < end && count < MAX_OPTIONS; count++) {
    const kind = bytes[at]!;
    layout += LETTERS[kind] ?? '?';
    if (kind <= 1) {
      at++;
      // What follows the end of the list is padding, and its length is part of the look.
      continue;
    }
    const length = at + 1 < end ? bytes[at + 1]! : 0;
    if (length < 2 || at + length > end) return '';
    if (kind === 2 && length === 4) mss = String((bytes[at + 2]! << 8) | bytes[at + 3]!);
    if (kind === 3 && length === 3) scale = String(bytes[at + 2]!);
    at += length;
  }
  return `${batch.ttl[i]!}:${batch.tcpWindow[i]!}:${layout === '' ? '-' : layout}:${mss}:${scale}`;
}
