import type { DetectorView } from './detector.ts';

/**
 * What each device's counters gained since the last look. Memory: four numbers for each device that the registry
 * holds, so its bound is the registry's.
 */
export class DeviceRates {
  private readonly view: DetectorView;
  private readonly lastPacketsOut: Float64Array;
  private readonly lastBytesOut: Float64Array;
  private readonly lastBytesIn: Float64Array;
  packetsOut = 0;
  bytesOut = 0;
  bytesIn = 0;

  constructor(view: DetectorView) {
    this.view = view;
    this.lastPacketsOut = new Float64Array(view.devices.maxDevices);
    this.lastBytesOut = new Float64Array(view.devices.maxDevices);
    this.lastBytesIn = new Float64Array(view.devices.maxDevices);
  }

  /** Sets `packetsOut`, `bytesOut` and `bytesIn` to what `device` gained since the last call for it. */
  read(device: number): void {
    const { devices } = this.view;
    this.packetsOut = devices.packetsOut[device]! - this.lastPacketsOut[device]!;
    this.bytesOut = devices.bytesOut[device]! - this.lastBytesOut[device]!;
    this.bytesIn = devices.bytesIn[device]! - this.lastBytesIn[device]!;
    this.lastPacketsOut[device] = devices.packetsOut[device]!;
    this.lastBytesOut[device] = devices.bytesOut[device]!;
    this.lastBytesIn[device] = devices.bytesIn[device]!;
  }
}
