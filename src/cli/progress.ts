/**
 * Progress of a long analysis, on a terminal's standard error only: a bar with rate and remaining time where the
 * size is known, a counter where it is not. Nothing is shown for what is done within the first half second.
 */
import type { SingleBar } from 'cli-progress';
import { formatBytes, formatCount, formatDuration, formatRate } from '../report/quantity.ts';

/** How far reading has come. */
export interface ProgressState {
  readonly packets: number;
  /** Bytes of the inputs as given (compressed where they are). */
  readonly bytesRead: number;
  /** 0 when not known. */
  readonly totalBytes: number;
}

export interface Progress {
  update(state: ProgressState): void;
  /** Clears what was shown. Idempotent. */
  stop(): void;
}

const SHOW_AFTER_MS = 500;
const REDRAWS_PER_SECOND = 10;
const BAR_COLUMNS = 24;

export function createProgress(
  stream: NodeJS.WriteStream = process.stderr,
  now = () => performance.now(),
): Progress {
  if (!stream.isTTY || process.env['TERM'] === 'dumb') return { update() {}, stop() {} };
  const startedAt = now();
  let loading = false;
  let stopped = false;
  let latest: ProgressState = { packets: 0, bytesRead: 0, totalBytes: 0 };
  let bar: SingleBar | null = null;

  const show = async () => {
    const { SingleBar } = await import('cli-progress');
    if (stopped) return;
    bar = new SingleBar({
      stream,
      fps: REDRAWS_PER_SECOND,
      clearOnComplete: true,
      hideCursor: true,
      linewrap: false,
      gracefulExit: false,
      format: () => progressLine(latest, (now() - startedAt) / 1000).slice(0, stream.columns - 1),
    });
    bar.start(latest.totalBytes, latest.bytesRead);
  };
  return {
    update(state) {
      latest = state;
      bar?.update(state.bytesRead);
      if (loading || now() - startedAt < SHOW_AFTER_MS) return;
      loading = true;
      void show();
    },
    stop() {
      stopped = true;
      bar?.stop();
      bar = null;
    },
  };
}

/** The line that stands for `state` after `seconds`. */
export function progressLine({ packets, bytesRead, totalBytes }: ProgressState, seconds: number): string {
  const packetRate = formatRate(packets / seconds, 'packets');
  const byteRate = `${formatBytes(bytesRead / seconds)}/s`;
  if (totalBytes <= 0) {
    return `${formatCount(packets)} packets, ${formatBytes(bytesRead)}, ${packetRate}, ${byteRate}`;
  }
  const done = Math.min(1, bytesRead / totalBytes);
  const filled = Math.round(done * BAR_COLUMNS);
  const bar = '█'.repeat(filled) + '░'.repeat(BAR_COLUMNS - filled);
  const left =
    bytesRead > 0 ? formatDuration((Math.max(0, totalBytes - bytesRead) / bytesRead) * seconds) : '?';
  return `${bar} ${String(Math.floor(done * 100)).padStart(3)} %  ${left} left, ${byteRate}, ${packetRate}`;
}
