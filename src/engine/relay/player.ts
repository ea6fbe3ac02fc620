import type { ToldFlows } from '../../flow/told-flows.ts';
import { DEVICES } from '../../hot/layout.ts';
import type { Learning } from '../learning.ts';
import { ENTRY, ENTRY_BITS, ENTRY_MASK, Parcel, PARCELS, type Sent } from './parcel.ts';
import { inspectedMark, type SharedState } from './shared.ts';

/** Tells what `Recorder` wrote down to whom it stood for. */
export class Player {
  readonly #learning: Learning<ToldFlows>;
  readonly #shared: SharedState;
  readonly #parcels: Parcel[] = [];
  #next = 0;
  /** Device by the number of a sender or receiver, -1 as long as it is none. */
  readonly #devices = new Int32Array(DEVICES).fill(-1);

  constructor(learning: Learning<ToldFlows>, shared: SharedState) {
    this.#learning = learning;
    this.#shared = shared;
  }

  /** Plays the next parcel in turn, which may be filled again then. */
  play({ buffer, words: end, texts }: Sent): void {
    if (buffer !== null) this.#parcels[this.#next] = new Parcel(buffer);
    const parcel = this.#parcels[this.#next]!;
    this.#next = (this.#next + 1) % PARCELS;
    parcel.at = parcel.doubleAt = 0;
    const { words, batch } = parcel;
    const { flows, devices, inspector } = this.#learning;
    const { inspected } = this.#shared;
    let text = 0;
    while (parcel.at < end) {
      const head = words[parcel.at++]!;
      switch (head & ENTRY_MASK) {
        case ENTRY.count: {
          devices.packet(batch, head >>> ENTRY_BITS);
          const ends = words[parcel.at++]!;
          this.#note((ends & 0xffff) - 1, devices.source);
          this.#note((ends >>> 16) - 1, devices.destination);
          break;
        }
        case ENTRY.look: {
          const row = head >>> (ENTRY_BITS + 1);
          const slot = words[parcel.at++]! - 1;
          flows.turnTo((head >>> ENTRY_BITS) & 1, words[parcel.at++]!);
          inspector.packet(batch, row, slot);
          if (slot < 0) break;
          const directions = inspector.inspected(slot);
          if (directions !== 0) inspected[slot] = inspectedMark(flows.id[slot]!, directions);
          break;
        }
        case ENTRY.start: {
          const slot = words[parcel.at++]!;
          flows.begin(slot, parcel);
          this.#learning.flowStart(slot, batch, head >>> ENTRY_BITS);
          break;
        }
        case ENTRY.turn:
          flows.turnRound(words[parcel.at++]!);
          break;
        case ENTRY.end: {
          const slot = words[parcel.at++]!;
          if (head >>> 16 !== 0) flows.setTunnelPort(slot, words[parcel.at++]!);
          for (let parents = (head >>> 8) & 0xff; parents > 0; parents--) {
            flows.addTunnelParent(slot, texts[text++]!);
          }
          flows.finish(slot, (head >>> ENTRY_BITS) & 7, parcel);
          this.#learning.flowEnd(slot);
          flows.forget(slot);
          break;
        }
        case ENTRY.credit:
          this.#credit(parcel);
          break;
        case ENTRY.tick:
          this.#learning.tick(words[parcel.at++]!);
          break;
        default:
          throw new Error(`unknown entry ${head}`);
      }
    }
  }

  #note(end: number, device: number): void {
    if (end < 0 || device < 0 || this.#devices[end]! >= 0) return;
    this.#devices[end] = device;
    this.#shared.isDevice[end] = 1;
  }

  #credit(parcel: Parcel): void {
    const { words, doubles } = parcel;
    const device = this.#devices[words[parcel.at++]!]!;
    const seconds = words[parcel.at++]!;
    const nanos = words[parcel.at++]!;
    const traffic = {
      packetsOut: doubles[parcel.doubleAt++]!,
      packetsIn: doubles[parcel.doubleAt++]!,
      bytesOut: doubles[parcel.doubleAt++]!,
      bytesIn: doubles[parcel.doubleAt++]!,
    };
    this.#learning.devices.add(device, traffic, seconds, nanos);
  }
}
