/** A capture onto a wire, frame by frame, each when its time has come by a fixed origin. */
import type { Injector } from '../../capture/live/injector.ts';
import type { Source } from '../../capture/source.ts';
import { type Clock, paceSource, WALL_CLOCK } from './paced-source.ts';
import type { FrameRewriter } from './rewrite.ts';

export interface SendOptions {
  /** Opens the capture; called once for every pass. */
  readonly open: () => Source;
  readonly passes: number;
  /** Times as fast as it was, infinite for as fast as it goes; not heeded when there is a rate. */
  readonly speed: number;
  /** Frames a second; undefined for the capture's own times. */
  readonly rate: number | undefined;
  /** Null to send frames as they are. */
  readonly rewriter: FrameRewriter | null;
  readonly signal: AbortSignal;
  readonly clock?: Clock;
}

export interface Sent {
  readonly frames: number;
  readonly bytes: number;
  /** Frames of other link types, or too short or too long to be Ethernet. */
  readonly skipped: number;
  /** Frames of which the capture holds the beginning only; sent as they are. */
  readonly cut: number;
}

const ETHERNET = 1;
/** Addresses and type. */
const HEADER_BYTES = 14;
/** Jumbo frames; what is longer was put together by the capturing machine's network card. */
const MAX_FRAME_BYTES = 9018;
/** Frames between looks at the clock when a rate is kept. */
const MIN_WAIT_MS = 2;

export async function sendCapture(injector: Injector, options: SendOptions): Promise<Sent> {
  const { rate, signal, passes, clock = WALL_CLOCK } = options;
  const total = { frames: 0, bytes: 0, skipped: 0, cut: 0 };
  const frame = Buffer.alloc(MAX_FRAME_BYTES);
  const originMs = clock.now();
  for (let pass = 0; pass < passes && !signal.aborted; pass++) {
    const source = paceSource(
      options.open(),
      rate === undefined ? options.speed : Number.POSITIVE_INFINITY,
      clock,
    );
    const stop = (): void => source.stop();
    signal.addEventListener('abort', stop, { once: true });
    try {
      for await (const batch of source) {
        for (let i = batch.start; i < batch.count && !signal.aborted; i++) {
          const length = batch.capLen[i]!;
          if (batch.linkType[i] !== ETHERNET || length < HEADER_BYTES || length > MAX_FRAME_BYTES) {
            total.skipped++;
            continue;
          }
          if (rate !== undefined) {
            const waitMs = originMs + (total.frames * 1000) / rate - clock.now();
            if (waitMs >= MIN_WAIT_MS) await clock.wait(waitMs, signal);
          }
          const offset = batch.frameOffset[i]!;
          // Copied: rewriting must not change the batch.
          frame.set(batch.bytes.subarray(offset, offset + length));
          options.rewriter?.rewrite(frame, length);
          injector.send(frame, length);
          total.frames++;
          total.bytes += length;
          if (batch.wireLen[i]! > length) total.cut++;
        }
      }
    } finally {
      signal.removeEventListener('abort', stop);
      await source.close();
    }
  }
  return total;
}
