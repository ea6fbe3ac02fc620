import type { PacketBatch } from '../packet/batch.ts';

/** True when handed-out batches are to be overwritten before they are reused (a test's net for those who keep them). */
export function isPoisoned(): boolean {
  return process.env['LANSCOPE_POISON'] === '1';
}

const POISON = 0xa5;

/** Overwrites the frames of a batch from `frames` on (up to `framesEnd`) and all of its columns. */
export function poisonBatch(batch: PacketBatch, framesEnd: number): void {
  for (let i = 0; i < batch.count; i++) {
    const at = batch.frameOffset[i]!;
    const end = Math.min(at + batch.capLen[i]!, framesEnd);
    if (end > at) batch.bytes.fill(POISON, at, end);
  }
  for (const column of Object.values(batch) as unknown[]) {
    if (ArrayBuffer.isView(column) && column !== batch.bytes) {
      new Uint8Array(column.buffer, column.byteOffset, column.byteLength).fill(POISON);
    }
  }
}
