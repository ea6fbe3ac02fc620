/** Where mutations start: the frames of the corpus, one of each kind, and one frame per encapsulation. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openMemory } from '../../src/capture/memory.ts';
import { ENCAPSULATED } from '../packet/encapsulated.ts';
import type { FuzzInput } from './target.ts';

const CORPUS = join(import.meta.dirname, '../../corpus');
/** Captures above this are left out as whole files. */
const MAX_CAPTURE_BYTES = 20_000;
const MAX_FRAMES_PER_CASE = 400;

export interface Seeds {
  readonly frames: readonly FuzzInput[];
  readonly captures: readonly FuzzInput[];
}

export async function readSeeds(): Promise<Seeds> {
  const frames: FuzzInput[] = ENCAPSULATED.map(({ frame, linkType }) =>
    inputFrom(frame, linkType, frame.length),
  );
  const captures: FuzzInput[] = [];
  for (const name of existsSync(CORPUS) ? readdirSync(CORPUS).sort() : []) {
    const file = ['capture.pcapng', 'capture.pcap']
      .map((n) => join(CORPUS, name, n))
      .find((f) => existsSync(f));
    if (file === undefined) continue;
    const bytes = readFileSync(file);
    frames.push(...(await framesOf(bytes)));
    captures.push(inputFrom(bytes.subarray(0, MAX_CAPTURE_BYTES), 0, bytes.length));
  }
  captures.push(inputFrom(classicCapture(frames.slice(0, 40)), 0, 0));
  return { frames, captures };
}

/** Frames of a capture, one of each length and start: a stream of equal segments teaches nothing. */
async function framesOf(capture: Uint8Array): Promise<FuzzInput[]> {
  const seen = new Map<string, FuzzInput>();
  for await (const batch of openMemory(capture)) {
    for (let i = batch.start; i < batch.count && seen.size < MAX_FRAMES_PER_CASE; i++) {
      const at = batch.frameOffset[i]!;
      const bytes = batch.bytes.slice(at, at + batch.capLen[i]!);
      const key = `${bytes.length} ${bytes.subarray(12, 24).join()}`;
      if (!seen.has(key)) seen.set(key, inputFrom(bytes, batch.linkType[i]!, batch.wireLen[i]!));
    }
  }
  return [...seen.values()];
}

/** A classic pcap of Ethernet frames. */
export function classicCapture(frames: readonly FuzzInput[]): Uint8Array {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(262_144, 16);
  header.writeUInt32LE(1, 20);
  const records = frames.flatMap(({ bytes, wireLen }, i) => {
    const record = Buffer.alloc(16);
    record.writeUInt32LE(1_700_000_000 + i, 0);
    record.writeUInt32LE(bytes.length, 8);
    record.writeUInt32LE(wireLen, 12);
    return [record, bytes];
  });
  return Uint8Array.from(Buffer.concat([header, ...records]));
}

function inputFrom(bytes: Uint8Array, linkType: number, wireLen: number): FuzzInput {
  return { bytes, linkType, wireLen: Math.max(wireLen, bytes.length) };
}
