/** Memory that both threads look at while they run. What one reads late changes no result. */
import { DEVICES } from '../../hot/layout.ts';

/** Words of `control`. */
export const CONTROL = {
  /** Parcels that may be filled again, modulo 2^32. */
  returned: 0,
  /** 1: no more packets are wanted. */
  stop: 1,
} as const;

/** Bits of `inspected` below the flow's number. */
const DIRECTION_BITS = 2;

export interface SharedState {
  readonly control: Int32Array;
  /** By sender or receiver (`CountedEnds`): 1 when it is a device. */
  readonly isDevice: Uint8Array;
  /** By slot: the flow's number, and directions of which no more payload is looked at. */
  readonly inspected: Uint32Array;
}

/** A new one for a flow table of at most `slots` slots. */
export function newSharedState(slots: number): SharedState {
  return {
    control: new Int32Array(new SharedArrayBuffer(8)),
    isDevice: new Uint8Array(new SharedArrayBuffer(DEVICES)),
    inspected: new Uint32Array(new SharedArrayBuffer(slots * 4)),
  };
}

export function inspectedMark(flow: number, directions: number): number {
  return ((flow << DIRECTION_BITS) | directions) >>> 0;
}

/** Directions that `mark` says of the flow with this number; 0 when it is of another flow. */
export function directionsOf(mark: number, flow: number): number {
  const isOf = mark >>> DIRECTION_BITS === (flow << DIRECTION_BITS) >>> DIRECTION_BITS;
  return isOf ? mark & ((1 << DIRECTION_BITS) - 1) : 0;
}
