/** Classes of Zeek's conn_state. */
import type { ConnState } from '../../flow/conn-state.ts';

interface StateClass {
  readonly name: string;
  readonly description: string;
  readonly states: readonly ConnState[];
}

/** In the order of the feature set. */
export const STATE_CLASSES: readonly StateClass[] = [
  { name: 'unanswered', description: 'An attempt without an answer: S0', states: ['S0'] },
  { name: 'open', description: 'Established and not ended: S1', states: ['S1'] },
  { name: 'complete', description: 'Established and ended, or answered (UDP): SF', states: ['SF'] },
  { name: 'rejected', description: 'Attempt rejected: REJ', states: ['REJ'] },
  { name: 'half_closed', description: 'One side closed: S2, S3, SH, SHR', states: ['S2', 'S3', 'SH', 'SHR'] },
  { name: 'orig_reset', description: 'Reset by the originator: RSTO, RSTOS0', states: ['RSTO', 'RSTOS0'] },
  { name: 'resp_reset', description: 'Reset by the responder: RSTR, RSTRH', states: ['RSTR', 'RSTRH'] },
  { name: 'other', description: 'Begun before the capture, or not TCP or UDP: OTH', states: ['OTH'] },
];

const BY_STATE = new Map<string, number>(
  STATE_CLASSES.flatMap(({ states }, index) => states.map((state): [string, number] => [state, index])),
);
const OTHER = STATE_CLASSES.length - 1;

/** Index in `STATE_CLASSES`; what is not known counts as `other`. */
export function stateClass(state: string): number {
  return BY_STATE.get(state) ?? OTHER;
}

/** States in which nobody answered the originator as it wished. */
const UNANSWERED: ReadonlySet<string> = new Set<ConnState>(['S0', 'REJ', 'RSTOS0', 'RSTRH', 'SH']);

export function isUnanswered(state: string): boolean {
  return UNANSWERED.has(state);
}
