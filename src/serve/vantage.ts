/**
 * What an interface can see, by where it stands: the modes host, span and gateway, what each misses, and whether what
 * arrives is what the mode promises.
 */
import { isGroupMac, parseMac } from '../bytes/address.ts';
import { parseIp } from '../bytes/parse-ip.ts';
import type { NetworkInterface } from '../capture/live/interfaces.ts';
import type { PacketBatch } from '../packet/batch.ts';
import { LAYER } from '../packet/layer.ts';

export const MODES = ['host', 'span', 'gateway'] as const;
export type Mode = (typeof MODES)[number];

/** Said at the start. */
export const MODE_NOTICE: Readonly<Record<Mode, string>> = {
  host: 'mode host: sees traffic of this machine and what is sent to all; not what other devices say to each other',
  span: 'mode span: sees what the switch mirrors to this port; not traffic that stays within other switches or access points',
  gateway:
    'mode gateway: sees what devices exchange with this machine and, through it, with other networks; not what devices of one network say to each other',
};

/** Packets before a judgement: a quiet start proves nothing. */
const ENOUGH_PACKETS = 200;
/** Addresses of this machine that are compared with. */
const MAX_OWN_ADDRESSES = 64;
/** Packets between others that a host's own port may see now and then (a switch that has not learnt yet floods). */
const FLOODED_SHARE = 0.05;

/** Counts whose frames arrive. */
export class Vantage {
  packets = 0;
  /** Between other machines, not to a group. */
  others = 0;
  /** To or from this machine at the link, from or to another address of the network layer: it is forwarded. */
  forwarded = 0;
  readonly #macs: ReadonlySet<number>;
  /** Own addresses, four words each. */
  readonly #addresses: Uint32Array;

  constructor(interfaces: readonly NetworkInterface[]) {
    this.#macs = new Set(interfaces.map(({ mac }) => parseMac(mac)).filter((mac) => mac > 0));
    const texts = interfaces.flatMap(({ addresses }) => addresses).slice(0, MAX_OWN_ADDRESSES);
    this.#addresses = new Uint32Array(texts.length * 4);
    for (const [index, text] of texts.entries()) parseIp(text, this.#addresses, index * 4);
  }

  /** Rows `start` to `count - 1`, with header columns. */
  add(batch: PacketBatch): void {
    const { srcMac, dstMac, srcIp, dstIp, layers } = batch;
    for (let i = batch.start; i < batch.count; i++) {
      const from = srcMac[i]!;
      const to = dstMac[i]!;
      if (to < 0) continue;
      this.packets++;
      if (isGroupMac(to)) continue;
      // Loopback: all zeros on both sides.
      if (from === 0 && to === 0) continue;
      const isFromHere = this.#macs.has(from);
      if (!isFromHere && !this.#macs.has(to)) {
        this.others++;
      } else if (this.forwarded < ENOUGH_PACKETS && (layers[i]! & (LAYER.ipv4 | LAYER.ipv6)) !== 0) {
        // Few are looked at: after these the answer does not change.
        if (!this.#isOwn(isFromHere ? srcIp : dstIp, i * 4)) this.forwarded++;
      }
    }
  }

  /** What does not fit the mode, in one sentence; '' when all fits or too little was seen. */
  judge(mode: Mode): string {
    if (this.packets < ENOUGH_PACKETS) return '';
    const hearsOthers = this.others > this.packets * FLOODED_SHARE;
    if (mode === 'host' && hearsOthers) {
      return 'traffic between other machines arrives here too: this looks like a mirror port (--mode span)';
    }
    if (mode === 'span' && !hearsOthers) {
      return `a mirror port should carry traffic between other machines, but of ${this.packets} packets ${this.others} did: the rest is this machine's own or sent to all. Is mirroring switched on for this port?`;
    }
    if (mode === 'gateway' && this.forwarded === 0) {
      return `a gateway forwards, but none of ${this.packets} packets was for another network: is this the gateway's interface?`;
    }
    return '';
  }

  #isOwn(words: Uint32Array, at: number): boolean {
    const own = this.#addresses;
    for (let i = 0; i < own.length; i += 4) {
      if (
        own[i] === words[at] &&
        own[i + 1] === words[at + 1] &&
        own[i + 2] === words[at + 2] &&
        own[i + 3] === words[at + 3]
      ) {
        return true;
      }
    }
    return false;
  }
}
