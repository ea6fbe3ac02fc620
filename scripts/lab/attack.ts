import type { Day, Deed } from './day.ts';

/** One kind of attack: what counts as its detection, what it needs, and how it is done. */
export interface Attack {
  readonly name: string;
  /** MITRE ATT&CK technique id. */
  readonly technique: string;
  readonly rules: readonly string[];
  /** Rules whose findings are true of it as well. */
  readonly also?: readonly string[];
  /** Programs that must be installed. */
  readonly needs?: readonly string[];
  /** It breaks what others need: nothing comes after it in the same recording. */
  readonly last?: true;
  run(day: Day): Promise<Deed>;
}
