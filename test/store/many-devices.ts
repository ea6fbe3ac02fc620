import { sampleDevice, sampleParts, sampleReport } from '../report/sample.ts';

/** So many that a save takes long enough to be hit in all of its steps. */
export const DEVICES = 400;

/** A report of many devices; the number makes it another one. */
export function manyDevices(number: number) {
  const devices = Array.from({ length: DEVICES }, (_, i) =>
    sampleDevice(
      `00:00:00:00:${(i >> 8).toString(16).padStart(2, '0')}:${(i & 255).toString(16).padStart(2, '0')}`,
    ),
  );
  return sampleReport({ devices, totals: { ...sampleParts().totals, packets: number } });
}
