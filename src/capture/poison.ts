import type { PacketBatch } from '../packet/batch.ts';

/** True when handed-out batches are to be overwritten before they are reused (a test's net for those who keep them). */
export function isPoisoned(): boolean {
  return process.env['LANSCOPE_POISON'] === '1';
}

const POISON = 0xa5;

/** Overwrites the columns of a batch, and of its bytes those that were consumed: all before `consumed`. */
export function poisonBatch(batch: PacketBatch, consumed: number): void {
  batch.bytes.fill(POISON, 0, consumed);
  for (const column of Object.values(batch) as unknown[]) {
    if (ArrayBuffer.isView(column) && column !== batch.bytes) {
      new Uint8Array(column.buffer, column.byteOffset, column.byteLength).fill(POISON);
    }
  }
}
