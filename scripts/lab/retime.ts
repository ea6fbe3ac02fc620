/** From what tcpdump recorded to `capture.pcapng` with the inserted time, and the packets that belong to each episode. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { formatTime } from '../../src/bytes/time.ts';
import { openCaptures } from '../../src/capture/open.ts';
import { PcapngWriter } from '../../src/capture/write/pcapng-writer.ts';
import type { Truth } from '../../src/harness/detection-truth.ts';
import { decodeHeaders } from '../../src/packet/decode.ts';
import { compileFilter, type PacketPredicate } from '../../src/packet/filter/compile.ts';
import { IssueCounter } from '../../src/packet/issue.ts';
import type { Gap, RecordedEpisode } from './day.ts';

const BUFFER_BYTES = 1 << 20;
const SNAP_LEN = 262_144;

interface Marked {
  readonly episode: RecordedEpisode;
  readonly matches: PacketPredicate;
  first: number;
  last: number;
  count: number;
  from: string;
  to: string;
}

/** Writes the capture; what belongs into its truth file. `absent`: episodes without a packet, which did not happen. */
export async function retime(
  raw: string,
  target: string,
  gaps: readonly Gap[],
  episodes: readonly RecordedEpisode[],
): Promise<Pick<Truth, 'gaps' | 'episodes'> & { packets: number; absent: string[] }> {
  const marked: Marked[] = episodes.map((episode) => ({
    episode,
    matches: compileFilter(episode.filter),
    first: 0,
    last: 0,
    count: 0,
    from: '',
    to: '',
  }));
  const inserted: { afterPacket: number; seconds: number }[] = [];
  const writer = new PcapngWriter(BUFFER_BYTES);
  const file = openSync(target, 'w');
  const drain = (): void => {
    writeSync(file, writer.bytes, 0, writer.length);
    writer.length = 0;
  };
  writer.section();
  writer.interface('lan', 1, SNAP_LEN);
  const issues = new IssueCounter();
  const source = openCaptures([raw]);
  let number = 0;
  let nextGap = 0;
  let shiftMs = 0;
  for await (const batch of source) {
    decodeHeaders(batch, issues);
    for (let i = 0; i < batch.count; i++) {
      number++;
      const recordedMs = batch.tsSeconds[i]! * 1000 + batch.tsNanos[i]! / 1e6;
      while (nextGap < gaps.length && gaps[nextGap]!.at <= recordedMs) {
        const { seconds } = gaps[nextGap++]!;
        shiftMs += seconds * 1000;
        inserted.push({ afterPacket: number - 1, seconds });
      }
      const micros =
        batch.tsSeconds[i]! * 1e6 + Math.floor(batch.tsNanos[i]! / 1000) + Math.round(shiftMs * 1000);
      for (const mark of marked) {
        const { from, to } = mark.episode;
        if (recordedMs < from || recordedMs > to || !mark.matches(batch, i)) continue;
        const time = formatTime(Math.floor(micros / 1e6), (micros % 1e6) * 1000);
        if (mark.count++ === 0) {
          mark.first = number;
          mark.from = time;
        }
        mark.last = number;
        mark.to = time;
      }
      const capLen = batch.capLen[i]!;
      if (!writer.fits(capLen)) drain();
      const start = batch.frameOffset[i]!;
      const frame = Buffer.from(batch.bytes.buffer, batch.bytes.byteOffset + start, capLen);
      writer.packet(0, micros, frame, capLen, batch.wireLen[i]!);
    }
  }
  await source.close();
  drain();
  closeSync(file);
  const happened = marked.filter(({ count }) => count > 0);
  const absent = marked.filter(({ count }) => count === 0).map(({ episode }) => episode.name);
  return { packets: number, absent, gaps: merged(inserted), episodes: happened.map(episodeOf) };
}

/** Gaps after the same packet are one. */
function merged(gaps: readonly { afterPacket: number; seconds: number }[]): NonNullable<Truth['gaps']> {
  const result: { afterPacket: number; seconds: number }[] = [];
  for (const gap of gaps) {
    const last = result.at(-1);
    if (last?.afterPacket === gap.afterPacket) last.seconds += gap.seconds;
    else result.push({ ...gap });
  }
  return result.map(({ afterPacket, seconds }) => ({
    afterPacket,
    seconds: Math.round(seconds * 1000) / 1000,
  }));
}

function episodeOf({ episode, first, last, count, from, to }: Marked): Truth['episodes'][number] {
  const { name, technique, rules, also, actors, targets, filter, tool } = episode;
  return {
    name,
    technique,
    rules: [...rules],
    also: [...also],
    actors: [...actors],
    targets: [...targets],
    from,
    to,
    packets: { filter, first, last, count },
    tool,
  };
}
