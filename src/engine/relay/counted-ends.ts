import { MacTable } from '../../device/mac-table.ts';
import { DEVICE, DEVICES } from '../../hot/layout.ts';
import type { HotMemory } from '../../hot/memory.ts';
import type { PacketBatch } from '../../packet/batch.ts';
import { LAYER } from '../../packet/layer.ts';
import type { PacketCounter } from '../traffic.ts';
import type { Recorder } from './recorder.ts';
import type { SharedState } from './shared.ts';

/** Senders and receivers by number, one for each MAC address, and what the express lane counts for them. */
export class CountedEnds implements PacketCounter {
  source = -1;
  destination = -1;
  readonly #recorder: Recorder;
  readonly #isDevice: Uint8Array;
  readonly #memory: HotMemory;
  readonly #macs = new MacTable();
  readonly #packetsOut: Float64Array;
  readonly #packetsIn: Float64Array;
  readonly #bytesOut: Float64Array;
  readonly #bytesIn: Float64Array;
  readonly #lastSeconds: Uint32Array;
  readonly #lastNanos: Uint32Array;

  constructor(recorder: Recorder, shared: SharedState, memory: HotMemory) {
    this.#recorder = recorder;
    this.#isDevice = shared.isDevice;
    this.#memory = memory;
    const { buffer } = memory;
    this.#packetsOut = new Float64Array(buffer, DEVICE.packetsOut, DEVICES);
    this.#packetsIn = new Float64Array(buffer, DEVICE.packetsIn, DEVICES);
    this.#bytesOut = new Float64Array(buffer, DEVICE.bytesOut, DEVICES);
    this.#bytesIn = new Float64Array(buffer, DEVICE.bytesIn, DEVICES);
    this.#lastSeconds = new Uint32Array(buffer, DEVICE.lastSeconds, DEVICES);
    this.#lastNanos = new Uint32Array(buffer, DEVICE.lastNanos, DEVICES);
  }

  packet(batch: PacketBatch, i: number): void {
    const isToGroup = (batch.layers[i]! & LAYER.linkGroup) !== 0;
    this.source = this.#numberOf(batch.srcMac, i);
    this.destination = isToGroup ? -1 : this.#numberOf(batch.dstMac, i);
    this.#recorder.count(batch, i, this.source, this.destination);
  }

  isSettled(batch: PacketBatch, i: number): boolean {
    const { source, destination } = this;
    // Without MAC addresses devices are told by what is not known here.
    if (batch.srcMac[i]! <= 0 && batch.dstMac[i]! <= 0) return false;
    const isToGroup = (batch.layers[i]! & LAYER.linkGroup) !== 0;
    return (
      (batch.srcMac[i]! <= 0 || (source >= 0 && this.#isDevice[source] !== 0)) &&
      (isToGroup || batch.dstMac[i]! <= 0 || (destination >= 0 && this.#isDevice[destination] !== 0))
    );
  }

  isIn(memory: HotMemory): boolean {
    return memory === this.#memory;
  }

  /** Tells what was counted since the last time. */
  tell(): void {
    for (let end = 0; end < this.#macs.size; end++) {
      if (this.#packetsOut[end] === 0 && this.#packetsIn[end] === 0) continue;
      this.#recorder.credit(
        end,
        this.#packetsOut[end]!,
        this.#packetsIn[end]!,
        this.#bytesOut[end]!,
        this.#bytesIn[end]!,
        this.#lastSeconds[end]!,
        this.#lastNanos[end]!,
      );
      this.#packetsOut[end] = this.#packetsIn[end] = this.#bytesOut[end] = this.#bytesIn[end] = 0;
    }
  }

  /** -1 for none, and beyond those that there is room for: these are never settled. */
  #numberOf(macs: Float64Array, i: number): number {
    const mac = macs[i]!;
    if (mac <= 0) return -1;
    const known = this.#macs.at(macs, i);
    if (known >= 0) return known;
    const end = this.#macs.size;
    if (end >= DEVICES) return -1;
    this.#macs.add(mac, end);
    return end;
  }
}
