import { pcapFormat } from './pcap.ts';
import { pcapngFormat } from './pcapng.ts';
import type { CaptureFormat } from './record-reader.ts';
import { snoopFormat } from './snoop.ts';

/** Every capture format, in the order in which they are tried. */
export const CAPTURE_FORMATS: readonly CaptureFormat[] = [pcapFormat, pcapngFormat, snoopFormat];

/** Bytes by which every format can be told. */
export const PROBE_BYTES = 16;

/** The format of a capture that starts with `bytes[start, end)`, or null. */
export function probeFormat(bytes: Uint8Array, start: number, end: number): CaptureFormat | null {
  for (const format of CAPTURE_FORMATS) {
    if (end - start >= format.magicBytes && format.matches(bytes, start)) return format;
  }
  return null;
}
