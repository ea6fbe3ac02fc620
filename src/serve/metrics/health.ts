/** Whether a live run does what it is there for: what `/healthz` answers. */
import { interfaceState } from '../../capture/live/interfaces.ts';
import type { LiveProbe, Stage } from '../live.ts';

export interface Health {
  readonly ok: boolean;
  /** One sentence; 'ok' when it is. */
  readonly text: string;
}

export interface HealthProbe extends LiveProbe {
  /** Called when packets can come. */
  opened(): void;
  check(): Health;
}

/** Age of packets at which processing is behind, and time without an answer at which it stands still. */
const LATE_SECONDS = 10;

/**
 * Unhealthy: not capturing yet, an interface is down, processing is behind the wire or stands still (an output that
 * does not take data). A wire without packets is healthy.
 */
export function createHealth(
  interfaces: readonly string[],
  /** With which a batch is done. */
  lastStage: Stage = 'analysis',
  now: () => number = () => performance.now(),
  stateOf: (name: string) => string = interfaceState,
): HealthProbe {
  let isOpen = false;
  let ageSeconds = 0;
  /** When a batch came that is not yet done with, milliseconds; -1 when none is. */
  let busySinceMs = -1;
  let arrivedMs = 0;
  return {
    begin() {},
    opened: () => (isOpen = true),
    stage(stage, seconds) {
      if (stage === 'arrival') {
        ageSeconds = seconds;
        arrivedMs = busySinceMs = now();
      } else if (stage === lastStage) busySinceMs = -1;
    },
    check() {
      const bad = (text: string): Health => ({ ok: false, text });
      if (!isOpen) return bad('capturing has not begun');
      const down = interfaces.filter((name) => stateOf(name) === 'down');
      if (down.length > 0) return bad(`${down.join(', ')} ${down.length === 1 ? 'is' : 'are'} down`);
      const busySeconds = busySinceMs < 0 ? 0 : (now() - busySinceMs) / 1000;
      if (busySeconds > LATE_SECONDS) return bad(`processing stands still for ${Math.round(busySeconds)} s`);
      // A wire that has fallen silent since has been caught up with.
      const isRecent = now() - arrivedMs < LATE_SECONDS * 1000;
      if (isRecent && ageSeconds > LATE_SECONDS)
        return bad(`processing is ${Math.round(ageSeconds)} s behind the wire`);
      return { ok: true, text: 'ok' };
    },
  };
}
