import { FIRST_ENTRIES, withRoom } from '../bytes/column.ts';
import type { DetectorView } from './detector.ts';

/**
 * What each device's counters gained since the last look. Memory: four numbers for each device that the registry
 * holds, so its bound is the registry's.
 */
export class DeviceRates {
  private readonly view: DetectorView;
  private lastPacketsOut = new Float64Array(FIRST_ENTRIES);
  private lastBytesOut = new Float64Array(FIRST_ENTRIES);
  private lastBytesIn = new Float64Array(FIRST_ENTRIES);
  packetsOut = 0;
  bytesOut = 0;
  bytesIn = 0;

  constructor(view: DetectorView) {
    this.view = view;
  }

  /** Sets `packetsOut`, `bytesOut` and `bytesIn` to what `device` gained since the last call for it. */
  read(device: number): void {
    const { devices } = this.view;
    if (device >= this.lastPacketsOut.length) this.widen(device + 1);
    this.packetsOut = devices.packetsOut[device]! - this.lastPacketsOut[device]!;
    this.bytesOut = devices.bytesOut[device]! - this.lastBytesOut[device]!;
    this.bytesIn = devices.bytesIn[device]! - this.lastBytesIn[device]!;
    this.lastPacketsOut[device] = devices.packetsOut[device]!;
    this.lastBytesOut[device] = devices.bytesOut[device]!;
    this.lastBytesIn[device] = devices.bytesIn[device]!;
  }

  private widen(entries: number): void {
    this.lastPacketsOut = withRoom(this.lastPacketsOut, entries);
    this.lastBytesOut = withRoom(this.lastBytesOut, entries);
    this.lastBytesIn = withRoom(this.lastBytesIn, entries);
  }
}
