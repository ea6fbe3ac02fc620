import type { LiveView } from '../../engine/live-view.ts';
import type { History } from './sparkline.ts';

export type RunState = 'starting' | 'running' | 'stopping' | 'ended';

/** All that a frame is made from, apart from what the person has chosen. */
export interface ViewModel {
  /** What is watched: `eth0, mode span`. */
  readonly title: string;
  readonly state: RunState;
  /** Seconds since it began. */
  readonly elapsedSeconds: number;
  /** Null before it began. */
  readonly view: LiveView | null;
  readonly packetRates: History;
  readonly bitRates: History;
  /** The latest notice while it is new; ''. */
  readonly notice: string;
}
