/** The kinds of synthetic captures, and their bytes piece by piece. */
import { FrameWriter } from './frame-writer.ts';
import { HomeNetwork } from './home-network.ts';
import { Traffic, TRAFFIC_KINDS } from './traffic.ts';

/** Writes the next packets. */
interface Scene {
  step(): void;
}

export const KINDS: readonly string[] = [...Object.keys(TRAFFIC_KINDS), 'discovery'];

export interface Extent {
  readonly maxPackets?: number;
  /** It ends with the packet that reaches them. */
  readonly maxBytes?: number;
}

/** Told with each piece, which is valid until the next is asked for. */
export interface Piece {
  readonly bytes: Uint8Array;
  /** So far. */
  readonly packets: number;
}

/** A classic pcap, the same bytes for the same arguments. Throws when there is no such kind. */
export function* captureOf(kind: string, seed: number, extent: Extent): Generator<Piece> {
  const { maxPackets = Number.POSITIVE_INFINITY, maxBytes = Number.POSITIVE_INFINITY } = extent;
  const writer = new FrameWriter();
  const scene = sceneOf(kind, writer, seed);
  let bytes = 0;
  writer.fileHeader();
  while (writer.packets < maxPackets && bytes + writer.at < maxBytes) {
    scene.step();
    if (!writer.isFull) continue;
    bytes += writer.at;
    yield { bytes: writer.bytes.subarray(0, writer.at), packets: writer.packets };
    writer.at = 0;
  }
  yield { bytes: writer.bytes.subarray(0, writer.at), packets: writer.packets };
}

function sceneOf(kind: string, writer: FrameWriter, seed: number): Scene {
  if (kind === 'discovery') return new HomeNetwork(writer, seed);
  const traffic = TRAFFIC_KINDS[kind];
  if (traffic === undefined) throw new Error(`no such kind: ${kind}`);
  return new Traffic(writer, traffic, seed);
}
